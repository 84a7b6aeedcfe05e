using System.Runtime.CompilerServices;

namespace Hawser.Conformance.Calls;

/// <summary>Full means wait: a slow reader slows its writer, and nobody else.</summary>
public abstract class FlowControlConformance(WireUnderTest wire) : CallConformance(wire)
{
    private const int MessageSize = 10_000;

    /// <summary>What the kernel may hold of a link, and the library before and behind it, at the most.</summary>
    private const long MostAhead = 48L * 1024 * 1024;

    private static readonly ConnectionLimits OneOfManyWindows = new() { CallWindow = 64 * 1024, ConnectionWindow = 1024 * 1024 };

    [Fact(Timeout = Hang)]
    public async Task A_slow_reader_of_messages_slows_the_handler_that_sends_them()
    {
        await using var peers = await StartAsync();
        var source = new MessageSource();
        peers.Server.Map("Test/Endless", () => source.EndlessAsync());

        await using var replies = peers.Channel.StreamAsync<byte[]>("Test/Endless").GetAsyncEnumerator();
        Assert.True(await replies.MoveNextAsync());
        await AssertStopsAsync(peers, () => source.Sent * MessageSize);

        for (var i = 0; i < 1000; i++)
            Assert.True(await replies.MoveNextAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task A_slow_handler_slows_the_caller_that_sends_messages()
    {
        await using var peers = await StartAsync();
        var read = new Signal();
        peers.Server.Map("Test/Take", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await read.Fired;
            await foreach (var message in messages.Take(1000))
                Assert.Equal(MessageSize, message.Length);
        });
        var source = new MessageSource();

        var call = peers.Channel.CallAsync<byte[], Empty>("Test/Take", source.EndlessAsync()).AsTask();
        await AssertStopsAsync(peers, () => source.Sent * MessageSize);
        read.Fire();

        await call;
    }

    [Fact(Timeout = Hang)]
    public async Task A_slow_reader_of_octets_slows_the_handler_that_sends_them()
    {
        await using var peers = await StartAsync();
        var source = new PatternStream(long.MaxValue);
        peers.Server.Map("Test/Download", () => (Stream)source);

        await using var reply = await peers.Channel.DownloadAsync("Test/Download");
        var octets = reply.AsStream();
        await octets.ReadExactlyAsync(new byte[1]);
        await AssertStopsAsync(peers, () => source.Taken);

        await octets.ReadExactlyAsync(new byte[5_000_000]);
    }

    [Fact(Timeout = Hang)]
    public async Task A_slow_handler_slows_the_caller_that_sends_octets()
    {
        await using var peers = await StartAsync();
        var read = new Signal();
        peers.Server.Map("Test/Upload", async (Stream octets) =>
        {
            await read.Fired;
            await octets.ReadExactlyAsync(new byte[5_000_000]);
        });
        var source = new PatternStream(long.MaxValue);

        var call = peers.Channel.UploadAsync<Empty>("Test/Upload", source).AsTask();
        await AssertStopsAsync(peers, () => source.Taken);
        read.Fire();

        await call;
    }

    [Fact(Timeout = Hang)]
    public async Task A_stalled_stream_does_not_stall_another()
    {
        await using var peers = await StartAsync(PeerSettings.With(OneOfManyWindows));
        var source = new MessageSource();
        peers.Server.Map("Test/Endless", () => source.EndlessAsync());
        peers.Server.Map("Test/Count", (int to) => Streams.CountAsync(to));

        await using var stalled = peers.Channel.StreamAsync<byte[]>("Test/Endless").GetAsyncEnumerator();
        Assert.True(await stalled.MoveNextAsync());
        await AssertStopsAsync(peers, () => source.Sent * MessageSize);

        Assert.Equal(100_000, (await Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/Count", 100_000))).Count);
        Assert.True(await stalled.MoveNextAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Small_calls_go_on_while_an_upload_is_parked()
    {
        await using var peers = await StartAsync(PeerSettings.With(OneOfManyWindows));
        var read = new Signal();
        peers.Server.Map("Test/Upload", async Task<long> (Stream octets) =>
        {
            await read.Fired;
            return await Pattern.ReadAsync(octets);
        });
        peers.Server.Map("Test/Echo", (byte[] message) => message);
        var source = new PatternStream(20_000_000);

        var upload = peers.Channel.UploadAsync<long>("Test/Upload", source).AsTask();
        for (var i = 0; i < 500; i++)
            Assert.Equal(i, (await peers.Channel.CallAsync<byte[], byte[]>("Test/Echo", new byte[i])).Length);
        Assert.False(upload.IsCompleted);
        read.Fire();

        Assert.Equal(20_000_000, await upload);
    }

    [Fact(Timeout = Hang)]
    public async Task Even_with_the_whole_connection_s_window_used_up_small_calls_go_on()
    {
        Assert.SkipUnless(Wire.HasOwnFlowControl, "In HTTP/2 small calls use the window of the connection too.");
        await using var peers = await StartAsync(PeerSettings.With(Sizes.SmallWindows));
        var read = new Signal();
        peers.Server.Map("Test/Upload", async Task (Stream octets) => await read.Fired);
        peers.Server.Map("Test/Echo", (byte[] message) => message);
        var source = new PatternStream(long.MaxValue);

        var upload = peers.Channel.UploadAsync<Empty>("Test/Upload", source).AsTask();
        await AssertStopsAsync(peers, () => source.Taken);
        for (var i = 0; i < 500; i++)
            Assert.Equal(8 * i, (await peers.Channel.CallAsync<byte[], byte[]>("Test/Echo", new byte[8 * i])).Length);
        read.Fire();

        await upload;
    }

    [Fact(Timeout = Hang)]
    public async Task Many_messages_larger_than_the_windows_arrive_at_once()
    {
        await using var peers = await StartAsync(PeerSettings.With(Sizes.SmallWindows));
        peers.Server.Map("Test/Echo", (byte[] message) => message);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(async () =>
        {
            var message = Pattern.Bytes(3 * 1024 * 1024, seed);
            var echoed = await peers.Channel.CallAsync<byte[], byte[]>("Test/Echo", message);
            Assert.True(message.AsSpan().SequenceEqual(echoed));
        })));
    }

    /// <summary>Whoever is held back stops, well before memory does.</summary>
    private static async Task AssertStopsAsync(Peers peers, Func<long> count)
    {
        peers.Server.Map("Test/Look", (byte[] message) => message);

        // A writer that nobody holds back passes the limit; one that is held back stands still while other calls go there and back.
        for (var (last, still) = (-1L, 0); still < 100;)
        {
            var now = count();
            Assert.InRange(now, 0, MostAhead);
            still = now == last && now > 0 ? still + 1 : 0;
            last = now;
            await peers.Channel.CallAsync<byte[], byte[]>("Test/Look", [1]);
        }
    }

    private sealed class MessageSource
    {
        private long _sent;

        public long Sent => Volatile.Read(ref _sent);

        public async IAsyncEnumerable<byte[]> EndlessAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await Task.CompletedTask;
                yield return new byte[MessageSize];
                Interlocked.Increment(ref _sent);
            }
        }
    }
}
