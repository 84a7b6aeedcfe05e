using System.Diagnostics;
using Hawser.EndToEnd.Failures;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Load;

[Collection(LoadTests.Name)]
public sealed class ReconnectCyclesTests
{
    private const int Channels = 64;
    private const int Reconnects = 1_000;
    private const int WarmupReconnects = 50;

    // A leaked connection holds seven kilobytes and more; what pools keep does not grow with the number of connections.
    private const long MaxGrowthPerReconnect = 512;

    // The thread pool may have grown under the load, and gives its threads back in its own time; a leaked thread per connection would be 64,000.
    private const int MaxMoreThreads = 64;

    [Fact]
    public async Task Sixty_four_channels_that_reconnect_a_thousand_times_each_leave_nothing_behind()
    {
        await using var server = new HawserServer();
        server.Map("Test/Echo", (int value) => value);
        var address = (await server.ListenAsync("tcp://127.0.0.1:0")).ToString();
        var channels = Enumerable.Range(0, Channels).Select(_ => HawserChannel.Connect(address)).ToArray();

        await ReconnectAsync(channels, WarmupReconnects);
        await QuietAsync(server, channels);
        var (sockets, timers, threads, memory) = (Sockets(), Timer.ActiveCount, Threads(), Collect());

        await ReconnectAsync(channels, Reconnects);
        await QuietAsync(server, channels);
        await Patience.UntilAsync(() => Sockets() <= sockets, "the sockets of all lost connections are closed");
        await Patience.UntilAsync(() => Timer.ActiveCount <= timers, "the timers of all lost connections are gone");
        Assert.InRange(Threads(), 1, threads + MaxMoreThreads);
        Assert.InRange(Collect() - memory, long.MinValue, Channels * Reconnects * MaxGrowthPerReconnect);
        await Patience.UntilAsync(() => ThreadPool.PendingWorkItemCount == 0, "no connection has work waiting");

        await Task.WhenAll(channels.Select(static channel => channel.DisposeAsync().AsTask()));
    }

    private static Task ReconnectAsync(HawserChannel[] channels, int times) =>
        Patience.ForAsync(Task.WhenAll(channels.Select(channel => Task.Run(() => ReconnectAsync(channel, times)))), "all channels to have reconnected", Patience.LongLimit);

    private static async Task<int> ReconnectAsync(HawserChannel channel, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal(i, await channel.CallAsync<int, int>("Test/Echo", i, new CallOptions { WaitForReady = true }));

            // Every other connection is lost in the middle of a call.
            var amid = i % 2 == 0 ? channel.CallAsync<int, int>("Test/Echo", i).AsTask() : Task.CompletedTask;
            var before = await channel.OpenAsync();
            channel.Reset();
            await amid.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ClosedAsync(before);
        }

        return times;
    }

    private static async Task ClosedAsync(Connection connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = connection.Closed.Register(closed.SetResult);
        await closed.Task;
    }

    private static int Sockets() => Descriptors.SocketsOf(Environment.ProcessId);

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }

    // The server's number alone may count a connection that is being lost in the place of one that is being made.
    private static Task QuietAsync(HawserServer server, HawserChannel[] channels) => Patience.UntilAsync(
        () => channels.All(static channel => channel.State == ChannelState.Ready) && server.Connections.Count == Channels,
        "the server has one connection of each channel");

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
