using Hawser.Testing;
using Requests = System.Threading.Channels.Channel;

namespace Hawser.Conformance.Calls;

/// <summary>A stream that carries one message at a time, there and back: none waits for those that follow it.</summary>
public abstract class TimestampConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task Timestamps_sent_one_after_another_on_one_stream_come_back_unchanged()
    {
        var clock = new ManualTimeProvider();
        var random = new Random(1);
        var streams = 0;
        await using var peers = await StartAsync(new PeerSettings { ChannelTime = clock });
        peers.Server.Map("Test/Echo", (IAsyncEnumerable<DateTimeOffset> timestamps) =>
        {
            Interlocked.Increment(ref streams);
            return timestamps;
        });
        var requests = Requests.CreateBounded<DateTimeOffset>(1);
        await using var replies = peers.Channel.StreamAsync<DateTimeOffset, DateTimeOffset>("Test/Echo", requests.Reader.ReadAllAsync()).GetAsyncEnumerator();

        for (var i = 0; i < 300; i++)
        {
            clock.Advance(TimeSpan.FromTicks(random.Next(1, 10_000)));
            var sent = clock.GetUtcNow();
            await requests.Writer.WriteAsync(sent);

            Assert.True(await replies.MoveNextAsync());
            Assert.Equal(sent, replies.Current);
        }

        requests.Writer.Complete();
        Assert.False(await replies.MoveNextAsync());
        Assert.Equal(1, streams);
    }
}
