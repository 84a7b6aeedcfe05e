using Hawser.Testing;

namespace Hawser.Tests.Frames.Observability;

/// <summary>What is measured of connections and of the attempts to make them.</summary>
public sealed class ConnectionMetricsTests : IAsyncDisposable
{
    private readonly string address = $"inproc:connection-metrics-{Guid.NewGuid():N}";
    private readonly ManualTimeProvider time = new();
    private readonly ConnectionMeasurements measured;
    private HawserServer? server;

    public ConnectionMetricsTests() => measured = new ConnectionMeasurements(address);

    [Fact(Timeout = Hang)]
    public async Task Open_connections_are_counted_on_both_sides()
    {
        await ServeAsync();
        await using var one = Connect();
        await using var two = Connect();
        await one.OpenAsync();
        await two.OpenAsync();
        await EventuallyAsync(() => measured.Open("server") == 2);

        Assert.Equal((2, 2), (measured.Open("client"), measured.Open("server")));
        await one.DisposeAsync();
        await EventuallyAsync(() => measured.Open("server") == 1);
        Assert.Equal((1, 1), (measured.Open("client"), measured.Open("server")));
        await two.DisposeAsync();
        await EventuallyAsync(() => measured.Open("server") == 0);
        Assert.Equal((0, 0), (measured.Open("client"), measured.Open("server")));
    }

    [Fact(Timeout = Hang)]
    public async Task Whoever_listens_late_finds_the_connections_that_are_open_already()
    {
        await ServeAsync();
        await using var channel = Connect();
        await channel.OpenAsync();

        using var late = new ConnectionMeasurements(address);

        Assert.Equal((1, 0), (late.Open("client"), late.Sum("hawser.connections.opened", "client")));
    }

    [Fact(Timeout = Hang)]
    public async Task Connections_are_counted_when_they_open_and_by_the_code_they_end_with()
    {
        var running = await ServeAsync();
        await using var channel = Connect();
        await channel.OpenAsync();
        await EventuallyAsync(() => running.Connections.Count == 1);
        await running.Connections.Single().CloseAsync(new Status(StatusCode.PermissionDenied, "you cheated"));
        await EventuallyAsync(() => measured.Sum("hawser.connections.ended", "client") == 1);
        await channel.OpenAsync();
        await channel.DisposeAsync();
        await EventuallyAsync(() => measured.Sum("hawser.connections.ended", "server") == 2);

        Assert.Equal((2, 2), (measured.Sum("hawser.connections.opened", "client"), measured.Sum("hawser.connections.opened", "server")));
        foreach (var side in (string[])["client", "server"])
        {
            Assert.Equal(1, measured.Sum("hawser.connections.ended", side, StatusCode.PermissionDenied));
            Assert.Equal(1, measured.Sum("hawser.connections.ended", side, StatusCode.Ok));
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_refused_connection_was_never_open()
    {
        await ServeAsync(new HawserServerOptions { ConnectionOpening = (_, _) => ValueTask.FromResult(new Status(StatusCode.PermissionDenied, "not from here")) });
        await using var channel = Connect();

        await Assert.ThrowsAsync<RpcException>(() => channel.OpenAsync().AsTask());

        Assert.Equal([StatusCode.PermissionDenied], measured.Attempts.Select(static attempt => attempt.Code));
        Assert.Equal(0, measured.Sum("hawser.connections.opened", "client") + measured.Sum("hawser.connections.opened", "server"));
        Assert.Equal((0, 0), (measured.Open("client"), measured.Open("server")));
    }

    [Fact(Timeout = Hang)]
    public async Task Attempts_to_connect_are_timed_and_those_after_the_first_are_counted()
    {
        await using var channel = Connect();
        await Assert.ThrowsAsync<RpcException>(() => channel.OpenAsync().AsTask());
        Assert.Equal(0, measured.Sum("hawser.connections.reconnects", "client"));

        await ServeAsync(new HawserServerOptions
        {
            ConnectionOpening = (_, _) =>
            {
                time.Advance(TimeSpan.FromSeconds(2));
                return ValueTask.FromResult(Status.Ok);
            },
        });
        channel.Reset();
        await channel.OpenAsync();

        Assert.Equal(1, measured.Sum("hawser.connections.reconnects", "client"));
        Assert.Equal([(StatusCode.Unavailable, 0.0), (StatusCode.Ok, 2.0)], measured.Attempts);
    }

    public async ValueTask DisposeAsync()
    {
        measured.Dispose();
        if (server is not null)
            await server.DisposeAsync();
    }

    private async Task<HawserServer> ServeAsync(HawserServerOptions? options = null)
    {
        server = new HawserServer(options ?? new HawserServerOptions());
        await server.ListenAsync(address);
        return server;
    }

    private HawserChannel Connect() => HawserChannel.Connect(address, new HawserChannelOptions
    {
        TimeProvider = time,
        Limits = new ConnectionLimits { KeepAliveInterval = null },
        Reconnect = new ReconnectOptions { Backoff = static _ => TimeSpan.FromHours(1), WatchesNetwork = false },
    });
}
