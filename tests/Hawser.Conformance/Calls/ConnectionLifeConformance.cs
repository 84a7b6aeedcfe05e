using System.Collections.Concurrent;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>A connection is served between its opening callback and its close callback, and not outside.</summary>
public abstract class ConnectionLifeConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task No_call_is_served_before_the_opening_callback_has_ended()
    {
        var release = new Signal();
        var asked = new Signal();
        var served = 0;
        await using var peers = await StartAsync(new PeerSettings
        {
            ConnectionOpening = async (_, _) =>
            {
                asked.Fire();
                await release.Fired;
                Assert.Equal(0, Volatile.Read(ref served));
                return Status.Ok;
            },
        });
        peers.Server.Map("Test/Count", () => Interlocked.Increment(ref served));

        var call = peers.Channel.CallAsync<int>("Test/Count").AsTask();
        await asked.Fired;
        Assert.Empty(peers.Server.Connections);
        Assert.False(call.IsCompleted);
        release.Fire();

        Assert.Equal(1, await call);
        Assert.Single(peers.Server.Connections);
    }

    [Fact(Timeout = Hang)]
    public async Task One_that_opens_slowly_delays_no_other()
    {
        var release = new Signal();
        var count = 0;
        await using var peers = await StartAsync(new PeerSettings
        {
            ConnectionOpening = async (_, _) =>
            {
                if (Interlocked.Increment(ref count) == 1)
                    await release.Fired;
                return Status.Ok;
            },
        });
        peers.Server.Map("Test/Echo", (int number) => number);

        var slow = peers.Channel.CallAsync<int, int>("Test/Echo", 1).AsTask();
        await EventuallyAsync(() => Volatile.Read(ref count) == 1);
        Assert.Equal(2, await peers.ConnectAnother().CallAsync<int, int>("Test/Echo", 2));
        Assert.False(slow.IsCompleted);
        release.Fire();

        Assert.Equal(1, await slow);
    }

    [Fact(Timeout = Hang)]
    public async Task A_refused_connection_fails_its_calls_with_the_status_and_is_never_closed()
    {
        var closed = 0;
        await using var peers = await StartAsync(new PeerSettings
        {
            ConnectionOpening = (_, _) => ValueTask.FromResult(new Status(StatusCode.PermissionDenied, "not from here")),
            ConnectionClosed = (_, _) =>
            {
                Interlocked.Increment(ref closed);
                return default;
            },
        });
        peers.Server.Map("Test/Echo", (int number) => number);

        var failure = await FailureOfAsync(peers.Channel.CallAsync<int, int>("Test/Echo", 1));

        Assert.Equal(StatusCode.PermissionDenied, failure.Code);
        Assert.Contains("not from here", failure.Status.Text, StringComparison.Ordinal);
        Assert.Empty(peers.Server.Connections);
        await peers.Server.DisposeAsync();
        Assert.Equal(0, closed);
    }

    [Fact(Timeout = Hang)]
    public async Task A_callback_that_fails_refuses_and_tells_nothing_but_that()
    {
        await using var peers = await StartAsync(new PeerSettings { ConnectionOpening = (_, _) => throw new InvalidOperationException("a secret") });
        peers.Server.Map("Test/Echo", (int number) => number);

        var failure = await FailureOfAsync(peers.Channel.CallAsync<int, int>("Test/Echo", 1));

        Assert.Equal(StatusCode.Internal, failure.Code);
        Assert.Contains("opening callback failed", failure.Status.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Opening_is_bounded_by_the_handshake_timeout_and_one_accepted_too_late_is_closed()
    {
        var time = new ManualTimeProvider();
        var asked = new Signal();
        var release = new Signal();
        var closed = new Signal();
        await using var peers = await StartAsync(new PeerSettings
        {
            ServerLimits = new ConnectionLimits(),
            ServerTime = time,
            ConnectionOpening = async (_, _) =>
            {
                asked.Fire();
                await release.Fired;
                return Status.Ok;
            },
            ConnectionClosed = (_, _) =>
            {
                closed.Fire();
                return default;
            },
        });
        peers.Server.Map("Test/Echo", (int number) => number);

        var call = peers.Channel.CallAsync<int, int>("Test/Echo", 1).AsTask();
        await asked.Fired;
        time.Advance(new ConnectionLimits().HandshakeTimeout);

        Assert.Contains("ConnectionLimits.HandshakeTimeout", (await FailureOfAsync(call)).Status.Text, StringComparison.Ordinal);
        Assert.False(closed.HasFired);
        release.Fire();
        await closed.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task The_close_callback_comes_once_and_after_the_last_handler()
    {
        var started = new Signal();
        var release = new Signal();
        var events = new ConcurrentQueue<string>();
        var ended = new Signal();
        Connection? first = null;
        await using var peers = await StartAsync(new PeerSettings
        {
            ConnectionOpening = (connection, _) =>
            {
                // The channel may connect again.
                if (Interlocked.CompareExchange(ref first, connection, null) is null)
                    events.Enqueue("opening");
                return ValueTask.FromResult(Status.Ok);
            },
            ConnectionClosed = (connection, reason) =>
            {
                if (!ReferenceEquals(connection, first))
                    return default;
                events.Enqueue(connection.Closed.IsCancellationRequested && !reason.IsOk ? "closed" : "closed too early");
                ended.Fire();
                return default;
            },
        });
        peers.Server.Map("Test/Hold", async () =>
        {
            started.Fire();
            await release.Fired;
            events.Enqueue("handler");
        });

        var call = peers.Channel.CallAsync<Empty>("Test/Hold").AsTask();
        await started.Fired;
        await peers.CutAsync();
        await FailureOfAsync(call);
        release.Fire();
        await ended.Fired;
        await peers.Server.DisposeAsync();

        Assert.Equal(["opening", "handler", "closed"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_stops_has_run_every_close_callback()
    {
        var closed = 0;
        await using var peers = await StartAsync(new PeerSettings
        {
            ConnectionClosed = async (_, _) =>
            {
                await Task.Yield();
                Interlocked.Increment(ref closed);
            },
        });
        peers.Server.Map("Test/Echo", (int number) => number);
        for (var number = 0; number < 10; number++)
            await peers.ConnectAnother().CallAsync<int, int>("Test/Echo", number);

        await peers.Server.StopAsync(TimeSpan.FromHours(1));

        Assert.Equal(10, closed);
    }

    [Fact(Timeout = Hang)]
    public async Task The_server_rejects_two_connections_and_two_streams_and_then_serves()
    {
        var time = new ManualTimeProvider();
        var connections = 0;
        var refusing = new RefusingTwo();
        await using var peers = await StartAsync(new PeerSettings
        {
            ChannelTime = time,
            ChannelLimits = NoKeepAlive,
            ServerLimits = NoKeepAlive,
            ServerInterceptors = [refusing],
            ConnectionOpening = (_, _) => ValueTask.FromResult(
                Interlocked.Increment(ref connections) <= 2 ? new Status(StatusCode.ResourceExhausted, $"no connection {connections}") : Status.Ok),
        });
        peers.Server.Map("Test/Count", (int to) => Streams.CountAsync(to));
        var failures = new List<string>();

        List<int>? answer = null;
        while (answer is null)
        {
            try
            {
                answer = await Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/Count", 3));
            }
            catch (RpcException failure)
            {
                Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
                failures.Add(failure.Status.Text);
                if (failures[^1].Contains("no connection", StringComparison.Ordinal))
                    time.Advance(TimeSpan.FromMinutes(1));
            }
        }

        Assert.Equal([0, 1, 2], answer);
        Assert.Equal(3, connections);
        foreach (var reason in (string[])["no connection 1", "no connection 2", "no stream 1", "no stream 2"])
            Assert.Contains(failures, failure => failure.Contains(reason, StringComparison.Ordinal));
    }

    [Fact(Timeout = Hang)]
    public async Task Items_live_from_the_opening_callback_to_the_close_callback()
    {
        var last = new TaskCompletionSource<string>();
        Connection? kept = null;
        await using var peers = await StartAsync(new PeerSettings
        {
            ConnectionOpening = (connection, _) =>
            {
                connection.Items.Set("Ada");
                return ValueTask.FromResult(Status.Ok);
            },
            ConnectionClosed = (connection, _) =>
            {
                kept ??= connection;
                last.TrySetResult(connection.Items.GetRequired<string>());
                return default;
            },
        });
        peers.Server.Map("Test/Who", (CallContext call) => call.Connection.Items.GetRequired<string>());

        Assert.Equal("Ada", await peers.Channel.CallAsync<string>("Test/Who"));
        await peers.CutAsync();
        Assert.Equal("Ada", await last.Task);
        await EventuallyAsync(() => kept!.Items.Get<string>() is null);

        Assert.Contains("has ended", Assert.Throws<RpcException>(() => kept!.Items.Set("Bob")).Status.Text, StringComparison.Ordinal);
        Assert.Contains("has ended", Assert.Throws<RpcException>(() => kept!.Post(() => default)).Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task An_ended_connection_takes_no_timer_work_or_endpoint_though_it_never_had_any()
    {
        await using var peers = await StartAsync();
        foreach (var connection in await EndBothSidesAsync(peers, connection => connection.Items.Set("Ada")))
        {
            // Whoever sees that the items are gone comes after the end.
            await EventuallyAsync(() => connection.Items.Get<string>() is null);

            Assert.Contains("has ended", EndOf(() => connection.StartTimer(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () => default)), StringComparison.Ordinal);
            Assert.Contains("has ended", EndOf(() => connection.Post(() => default)), StringComparison.Ordinal);
            Assert.Contains("has ended", (await FailureOfAsync(connection.InvokeAsync(() => default))).Status.Text, StringComparison.Ordinal);
            Assert.Contains("has ended", EndOf(() => connection.Endpoints.Map("Test/TooLate", () => 1)), StringComparison.Ordinal);
            Assert.Empty(connection.Endpoints);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task An_ended_connection_takes_no_items_though_it_never_had_any()
    {
        await using var peers = await StartAsync();
        foreach (var connection in await EndBothSidesAsync(peers, connection => connection.Post(() => default)))
        {
            // Whoever sees that work is refused comes after the end.
            await EventuallyAsync(() => Record.Exception(() => connection.Post(() => default)) is RpcException { Code: StatusCode.Unavailable });

            Assert.Contains("has ended", EndOf(() => connection.Items.Set("Bob")), StringComparison.Ordinal);
            Assert.Contains("has ended", EndOf(() => connection.Items.GetOrAdd(() => "Bob")), StringComparison.Ordinal);
            Assert.Null(connection.Items.Get<string>());
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_has_endpoints_of_its_own_before_the_server_s()
    {
        var count = 0;
        await using var peers = await StartAsync(new PeerSettings
        {
            ConnectionOpening = (connection, _) =>
            {
                if (Interlocked.Increment(ref count) == 1)
                {
                    connection.Endpoints.Map("Test/Who", () => "the first");
                    connection.Endpoints.Map("Test/Only", () => 7);
                }

                return ValueTask.FromResult(Status.Ok);
            },
        });
        peers.Server.Map("Test/Who", () => "anybody");
        var other = peers.ConnectAnother();

        Assert.Equal("the first", await peers.Channel.CallAsync<string>("Test/Who"));
        Assert.Equal(7, await peers.Channel.CallAsync<int>("Test/Only"));
        Assert.Equal("anybody", await other.CallAsync<string>("Test/Who"));
        Assert.Equal(StatusCode.Unimplemented, (await FailureOfAsync(other.CallAsync<int>("Test/Only"))).Code);
        Assert.Contains(peers.Server.Connections, connection => connection.Endpoints.Remove("Test/Who"));
        Assert.Equal("anybody", await peers.Channel.CallAsync<string>("Test/Who"));
    }

    [Fact(Timeout = Hang)]
    public async Task Metrics_count_a_connection_on_both_sides_while_it_is_open()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (int number) => number);
        using var open = new OpenConnections(peers.Address);
        Assert.Equal((0, 0), open.Now);

        await peers.Channel.CallAsync<int, int>("Test/Echo", 1);
        await peers.ConnectAnother().CallAsync<int, int>("Test/Echo", 2);
        await EventuallyAsync(() => open.Now == (2, 2));
        await peers.Channel.DisposeAsync();

        await EventuallyAsync(() => open.Now == (1, 1));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_that_the_server_closes_tells_its_client_why()
    {
        await using var peers = await StartAsync();
        var started = new Signal();
        peers.Server.Map("Test/Hang", async (CancellationToken cancellationToken) =>
        {
            started.Fire();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        peers.Server.Map("Test/Echo", (int number) => number);
        var call = peers.Channel.CallAsync<Empty>("Test/Hang").AsTask();
        await started.Fired;
        var connection = peers.Server.Connections.Single();

        await connection.CloseAsync(new Status(StatusCode.PermissionDenied, "you cheated"));
        var failure = await FailureOfAsync(call);

        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.Contains("you cheated", failure.Status.Text, StringComparison.Ordinal);
        await EventuallyAsync(() => connection.CloseStatus is { Code: StatusCode.PermissionDenied });
        await EventuallyAsync(() => !peers.Server.Connections.Contains(connection));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_that_is_drained_finishes_its_calls_first()
    {
        await using var peers = await StartAsync();
        var started = new Signal();
        var release = new Signal();
        peers.Server.Map("Test/Wait", async Task<string> () =>
        {
            started.Fire();
            await release.Fired;
            return "done";
        });
        var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        await started.Fired;

        var closing = peers.Server.Connections.Single().CloseAsync(new Status(StatusCode.Unavailable, "moving you"), TimeSpan.FromHours(1));
        Assert.False(closing.IsCompleted);
        release.Fire();

        Assert.Equal("done", await call);
        await closing;
    }

    /// <summary>Connects, uses both sides' connection objects in one way and no other, and cuts the link.</summary>
    private static async Task<Connection[]> EndBothSidesAsync(Peers peers, Action<Connection> use)
    {
        peers.Server.Map("Test/Echo", (int number) => number);
        var client = await peers.Channel.OpenAsync();
        await peers.Channel.CallAsync<int, int>("Test/Echo", 1);
        Connection[] both = [client, peers.Server.Connections.Single()];
        foreach (var connection in both)
            use(connection);
        await peers.CutAsync();
        return both;
    }

    private static string EndOf(Action use) => Assert.Throws<RpcException>(use).Status.Text;

    /// <summary>For tests whose clock runs on while nothing is said.</summary>
    private static ConnectionLimits NoKeepAlive => new() { KeepAliveInterval = null };

    private sealed class RefusingTwo : IServerInterceptor
    {
        private int _count;

        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next) =>
            Interlocked.Increment(ref _count) <= 2 ? throw new RpcException(StatusCode.ResourceExhausted, $"no stream {_count}") : next(call);
    }
}
