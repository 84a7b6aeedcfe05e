using System.Buffers.Binary;

namespace Hawser.Conformance.Calls;

/// <summary>A great many calls over one connection: every reply belongs to its request.</summary>
public abstract class LoadConformance(WireUnderTest wire) : CallConformance(wire)
{
    private const int Callers = 64;

    /// <summary>How many calls to make; a wire over a fast transport makes a million.</summary>
    protected virtual int Calls => 1_000_000;

    [Fact(Timeout = 10 * Hang)]
    public async Task A_million_calls_from_64_tasks_each_get_their_own_reply()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Negate", (ReadOnlyMemory<byte> request) =>
        {
            var reply = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(reply, ~BinaryPrimitives.ReadInt64LittleEndian(request.Span));
            return reply;
        });
        await peers.Channel.OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallManyAsync(peers.Channel, caller, Calls / Callers))));
    }

    private static async Task CallManyAsync(HawserChannel channel, int caller, int count)
    {
        var request = new byte[8];
        for (var i = 0L; i < count; i++)
        {
            var number = ((long)caller << 32) + i;
            BinaryPrimitives.WriteInt64LittleEndian(request, number);
            var reply = await channel.CallAsync<byte[], byte[]>("Test/Negate", request);
            if (BinaryPrimitives.ReadInt64LittleEndian(reply) != ~number)
                Assert.Fail($"Call {i} of caller {caller} got the reply of another.");
        }
    }
}
