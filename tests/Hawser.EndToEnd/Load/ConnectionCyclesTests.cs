using System.Runtime.CompilerServices;
using Hawser.EndToEnd.Failures;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Load;

[Collection(LoadTests.Name)]
public sealed class ConnectionCyclesTests
{
    private const int Cycles = 10_000;
    private const int WarmupCycles = 500;
    private const int AtOnce = 16;

    // A leaked connection holds seven kilobytes and more. Pools keep 20 MiB at most, however many cycles there are.
    private const long MaxGrowthPerCycle = 2560;

    [Fact]
    public async Task Ten_thousand_connections_come_and_go_and_leave_nothing_behind()
    {
        await using var server = new HawserServer();
        server.Map("Test/Echo", (int value) => value);
        server.Map("Test/Count", Count);
        var address = (await server.ListenAsync("tcp://127.0.0.1:0")).ToString();
        var channels = new WeakReference[Cycles];

        await RunCyclesAsync(address, new WeakReference[WarmupCycles]);
        await QuietAsync(server);
        var sockets = Descriptors.SocketsOf(Environment.ProcessId);
        var timers = Timer.ActiveCount;
        var memory = Collect();

        await RunCyclesAsync(address, channels);
        await QuietAsync(server);
        await Patience.UntilAsync(() => Descriptors.SocketsOf(Environment.ProcessId) <= sockets, "the sockets of all connections are closed");
        await Patience.UntilAsync(() => Timer.ActiveCount <= timers, "the timers of all connections are gone");
        await Patience.UntilAsync(() => ThreadPool.PendingWorkItemCount == 0, "no connection has work waiting");

        // A last piece of work may hold on to what it has worked on until it has ended.
        await Patience.UntilAsync(() => Collect() - memory <= Cycles * MaxGrowthPerCycle, "the memory of all connections is free");

        // Pooled objects may remember the last call that they were used for.
        await Patience.UntilAsync(() => IsCollected(channels), "no channel is held any more");
    }

    private static async IAsyncEnumerable<int> Count(int to)
    {
        await Task.CompletedTask;
        for (var i = 0; i < to; i++)
            yield return i;
    }

    private static Task RunCyclesAsync(string address, WeakReference[] channels)
    {
        var next = -1;
        async Task<int> WorkAsync()
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) < channels.Length)
                channels[i] = await CycleAsync(address, i);
            return i;
        }

        return Patience.ForAsync(Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(WorkAsync))), "all connections to have come and gone", Patience.LongLimit);
    }

    // Not inlined: no local of the caller keeps the channel alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> CycleAsync(string address, int i)
    {
        await using var channel = HawserChannel.Connect(address);
        Assert.Equal(i, await channel.CallAsync<int, int>("Test/Echo", i));

        // Every other connection is closed in the middle of a call.
        if (i % 2 == 0)
        {
            await using var stream = channel.StreamAsync<int, int>("Test/Count", 1_000_000).GetAsyncEnumerator();
            Assert.True(await stream.MoveNextAsync());
            await channel.DisposeAsync();
        }

        return new WeakReference(channel);
    }

    private static Task QuietAsync(HawserServer server) => Patience.UntilAsync(() => server.Connections.Count == 0, "the server has closed every connection");

    private static bool IsCollected(WeakReference[] channels)
    {
        Collect();
        return channels.Count(channel => channel.IsAlive) <= AtOnce;
    }

    private static long Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
