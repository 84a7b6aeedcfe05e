using Hawser.Testing;

namespace Hawser.Tests.Servers;

/// <summary>Calls are counted for the whole process: the methods here have names of their own.</summary>
public sealed class WatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ManualTimeProvider clock = new();
    private readonly HawserServer server;
    private readonly string prefix = $"Watched{Guid.NewGuid():N}";
    private readonly List<HawserChannel> channels = [];

    public WatchTests()
    {
        // A call that starts at the clock's very beginning looks like one that is not measured.
        clock.Advance(TimeSpan.FromSeconds(1));
        server = new HawserServer(new HawserServerOptions { TimeProvider = clock });
        server.MapWatch();
        server.Map($"{prefix}/Echo", (string text) => text);
        server.Map($"{prefix}/Fail", string (string text) => throw new RpcException(StatusCode.NotFound, text));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in channels)
            await channel.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact(Timeout = Hang)]
    public async Task The_first_snapshot_comes_at_once_and_has_no_rates()
    {
        await using var snapshots = Watch(await ConnectAsync());
        var snapshot = await NextAsync(snapshots);
        Assert.Equal(1, snapshot.ConnectionCount);
        Assert.Equal(1, snapshot.CallsInFlight);
        Assert.Null(snapshot.CallsPerSecond);
        Assert.Null(snapshot.BytesSentPerSecond);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_is_shown_with_its_age_and_its_bytes()
    {
        var channel = await ConnectAsync();
        clock.Advance(TimeSpan.FromSeconds(7));
        await using var snapshots = Watch(channel);
        var connection = Assert.Single((await NextAsync(snapshots)).Connections);
        Assert.Equal(("inproc", true, 7.0), (connection.Scheme, connection.IsWatcher, connection.AgeSeconds));
        Assert.True(connection.BytesReceived > 0);
    }

    [Fact(Timeout = Hang)]
    public async Task Rates_are_of_the_time_since_the_snapshot_before()
    {
        var channel = await ConnectAsync();
        await using var snapshots = Watch(channel);
        await NextAsync(snapshots);
        await CallAsync(channel, "Echo", 6);
        var (last, calls, _) = await CountUntilAsync(snapshots, ended: 6);
        Assert.Equal(6, calls);
        Assert.Equal(0, last.CallsFailed);
        var method = Assert.Single(last.Methods);
        Assert.Equal(($"{prefix}/Echo", 6), (method.Name, method.CallsEnded));
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_that_fail_are_told_apart()
    {
        var channel = await ConnectAsync();
        await using var snapshots = Watch(channel);
        await NextAsync(snapshots);
        await CallAsync(channel, "Echo", 1);
        await CallAsync(channel, "Fail", 2);
        var (last, _, failures) = await CountUntilAsync(snapshots, ended: 3);
        Assert.Equal(2, failures);
        Assert.Equal([2, 1], last.Methods.Select(method => method.CallsEnded));
        Assert.Equal([2, 0], last.Methods.Select(method => method.CallsFailed));
    }

    [Fact(Timeout = Hang)]
    public async Task Totals_are_of_all_connections_also_of_those_that_are_not_shown()
    {
        var channel = await ConnectAsync();
        await ConnectAsync();
        await ConnectAsync();
        await using var snapshots = Watch(channel, new WatchRequest { MaxConnections = 1, MaxMethods = 0 });
        var snapshot = await NextAsync(snapshots);
        Assert.Equal(3, snapshot.ConnectionCount);
        Assert.Single(snapshot.Connections);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_keeps_its_number()
    {
        var channel = await ConnectAsync();
        await using var first = Watch(channel);
        await using var second = Watch(channel);
        Assert.Equal((await NextAsync(first)).Connections[0].Id, (await NextAsync(second)).Connections[0].Id);
    }

    [Theory(Timeout = Hang)]
    [InlineData(49, 1, 1)]
    [InlineData(3_600_001, 1, 1)]
    [InlineData(1000, -1, 1)]
    [InlineData(1000, 1001, 1)]
    [InlineData(1000, 1, 1001)]
    public async Task What_is_out_of_range_is_refused(int interval, int connections, int methods)
    {
        await using var snapshots = Watch(
            await ConnectAsync(), new WatchRequest { IntervalMilliseconds = interval, MaxConnections = connections, MaxMethods = methods });
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => NextAsync(snapshots))).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_stops_does_not_wait_for_those_who_watch()
    {
        await using var snapshots = Watch(await ConnectAsync());
        await NextAsync(snapshots);

        // The clock stands still: the time to drain never passes.
        await server.StopAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => NextAsync(snapshots))).Code);
    }

    private async Task<HawserChannel> ConnectAsync()
    {
        var address = server.Addresses.FirstOrDefault() ?? await server.ListenAsync($"inproc:{prefix}", cancellationToken: TestContext.Current.CancellationToken);
        var channel = HawserChannel.Connect(address.ToString());
        channels.Add(channel);
        await channel.OpenAsync(TestContext.Current.CancellationToken);
        await CallAsync(channel, "Echo", 1);
        return channel;
    }

    private IAsyncEnumerator<ServerSnapshot> Watch(HawserChannel channel, WatchRequest? request = null) =>
        channel.StreamAsync<WatchRequest, ServerSnapshot>(
                ServerWatch.MethodName, request ?? new WatchRequest { IntervalMilliseconds = (int)Interval.TotalMilliseconds }, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);

    private static async Task<ServerSnapshot> NextAsync(IAsyncEnumerator<ServerSnapshot> snapshots)
    {
        Assert.True(await snapshots.MoveNextAsync());
        return snapshots.Current;
    }

    private async Task CallAsync(HawserChannel channel, string method, int times)
    {
        for (var i = 0; i < times; i++)
        {
            try
            {
                await channel.CallAsync<string, string>($"{prefix}/{method}", "x", TestContext.Current.CancellationToken);
            }
            catch (RpcException exception) when (exception.Code == StatusCode.NotFound)
            {
                // That is what the method is for.
            }
        }
    }

    /// <summary>Looks until so many calls have been counted, which is a moment after their callers have the answers.</summary>
    private async Task<(ServerSnapshot Last, double Calls, double Failures)> CountUntilAsync(IAsyncEnumerator<ServerSnapshot> snapshots, long ended)
    {
        var (calls, failures) = (0.0, 0.0);
        while (true)
        {
            clock.Advance(Interval);
            var snapshot = await NextAsync(snapshots);
            calls += snapshot.CallsPerSecond!.Value * Interval.TotalSeconds;
            failures += snapshot.FailuresPerSecond!.Value * Interval.TotalSeconds;
            if (snapshot.CallsEnded < ended)
                continue;
            Assert.Equal(ended, snapshot.CallsEnded);
            return (snapshot, calls, failures);
        }
    }
}
