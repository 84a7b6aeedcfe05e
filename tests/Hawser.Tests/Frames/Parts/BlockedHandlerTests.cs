namespace Hawser.Tests.Frames.Parts;

/// <summary>Handlers that block the thread that reads: another takes the reading over, again and again, and there is never more than one.</summary>
public sealed class BlockedHandlerTests
{
    private const int Blocks = 30;
    private const int Callers = 8;

    [Theory(Timeout = Hang)]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("inproc:blocked")]
    public async Task Reading_that_is_taken_over_again_and_again_loses_and_mixes_up_nothing(string listen)
    {
        await using var server = new HawserServer();
        var released = new SemaphoreSlim(0);
        server.Map("Test/Block", () => released.Wait());
        server.Map("Test/Release", () => { released.Release(); });
        server.Map("Test/Echo", (byte[] message) => message);
        var address = await server.ListenAsync(listen);
        await using var channel = HawserChannel.Connect(address.ToString());
        var over = false;
        var echoes = 0;
        var traffic = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            // Two readers at once would tear frames apart: a reply would be another's, or the connection would end.
            for (var i = 0; !Volatile.Read(ref over); i++)
            {
                var message = BitConverter.GetBytes(((long)caller << 32) | (uint)i);
                Assert.Equal(message, await channel.CallAsync<byte[], byte[]>("Test/Echo", message));
                Interlocked.Increment(ref echoes);
            }
        })).ToArray();

        for (var i = 0; i < Blocks; i++)
        {
            var blocked = channel.CallAsync<Empty>("Test/Block").AsTask();

            // The blocked handler holds the connection's thread; these calls get through all the same, and the last of them frees it.
            var before = Volatile.Read(ref echoes);
            await EventuallyAsync(() => Volatile.Read(ref echoes) >= before + (2 * Callers));
            await channel.CallAsync<Empty>("Test/Release");
            await blocked;
        }

        Volatile.Write(ref over, true);
        await Task.WhenAll(traffic);
        Assert.Single(server.Connections);
        Assert.InRange(echoes, 2 * Callers * Blocks, int.MaxValue);
    }
}
