using System.Collections.Concurrent;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Work, timers and handlers of one connection run one at a time, on its serial context.</summary>
public abstract class SerialContextConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task A_task_runs_with_the_handle_and_the_context_of_its_connection()
    {
        await using var peers = await StartAsync();
        var seen = new TaskCompletionSource<(Connection Connection, string? Item)>();
        Connection? caller = null;
        peers.Server.Map("Test/Post", (CallContext call) =>
        {
            caller = call.Connection;
            caller.Items.Set("Ada");
            caller.Post(() =>
            {
                seen.SetResult((caller, caller.Items.Get<string>()));
                return default;
            });
        });

        await peers.Channel.CallAsync<Empty>("Test/Post");

        Assert.Equal((caller, "Ada"), await seen.Task);
        Assert.Same(caller, peers.Server.Connections.Single());
    }

    [Fact(Timeout = Hang)]
    public async Task Posted_work_runs_one_at_a_time_in_order()
    {
        await using var peers = await StartAsync();
        var connection = await ServerConnectionAsync(peers);
        var order = new List<int>();
        var running = 0;

        for (var i = 0; i < 500; i++)
        {
            var number = i;
            connection.Post(async () =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                await Task.Yield();
                order.Add(number);
                Interlocked.Decrement(ref running);
            });
        }

        Assert.Equal(500, await connection.InvokeAsync(() => ValueTask.FromResult(order.Count)));
        Assert.Equal(Enumerable.Range(0, 500), order);
    }

    [Fact(Timeout = Hang)]
    public async Task Work_that_fails_ends_nothing_and_a_result_or_failure_comes_back()
    {
        await using var peers = await StartAsync();
        var connection = await ServerConnectionAsync(peers);

        connection.Post(() => throw new InvalidOperationException("logged"));
        Assert.Equal("answer", await connection.InvokeAsync(() => ValueTask.FromResult("answer")));
        await Assert.ThrowsAsync<FormatException>(() => connection.InvokeAsync(() => throw new FormatException("handed back")));

        Assert.Equal(5, await peers.Channel.CallAsync<int, int>("Test/Echo", 5));
    }

    [Fact(Timeout = Hang)]
    public async Task Work_that_invokes_more_on_its_own_context_does_not_wait_for_itself()
    {
        await using var peers = await StartAsync();
        var connection = await ServerConnectionAsync(peers);

        Assert.Equal(3, await connection.InvokeAsync(async () => 1 + await connection.InvokeAsync(async () =>
        {
            await Task.Yield();
            return 2;
        })));
    }

    [Fact(Timeout = Hang)]
    public async Task Work_is_bounded()
    {
        await using var peers = await StartAsync();
        var connection = await ServerConnectionAsync(peers);
        var release = new Signal();
        connection.Post(async () => await release.Fired);

        var refusal = Assert.Throws<RpcException>(() =>
        {
            for (var i = 0; i <= Connection.MaxPostedWork + 1; i++)
                connection.Post(() => default);
        });
        release.Fire();

        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        Assert.Contains("Connection.MaxPostedWork", refusal.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_timer_fires_after_its_time_and_each_period_until_it_is_stopped()
    {
        var time = new ManualTimeProvider();
        await using var peers = await StartAsync(new PeerSettings { ServerTime = time });
        var connection = await ServerConnectionAsync(peers);
        var ticks = 0;
        var timer = connection.StartTimer(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), () =>
        {
            ticks++;
            return default;
        });

        Task<int> TicksAsync() => connection.InvokeAsync(() => ValueTask.FromResult(ticks));
        Assert.Equal(0, await TicksAsync());
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal(0, await TicksAsync());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await TicksAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await TicksAsync());
        timer.Dispose();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, await TicksAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Timers_and_work_end_with_the_connection_after_its_close_callback()
    {
        var events = new ConcurrentQueue<string>();
        var ended = new Signal();
        var dropped = new TaskCompletionSource<Task>();
        var time = new ManualTimeProvider();
        await using var peers = await StartAsync(new PeerSettings
        {
            ServerTime = time,
            ConnectionClosed = (connection, _) =>
            {
                events.Enqueue("closed");
                dropped.TrySetResult(connection.InvokeAsync(async () => await Task.Yield()));
                connection.Post(() =>
                {
                    events.Enqueue("too late");
                    return default;
                });
                ended.Fire();
                return default;
            },
        });
        var connection = await ServerConnectionAsync(peers);
        connection.StartTimer(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), () =>
        {
            events.Enqueue("tick");
            return default;
        });

        await peers.CutAsync();
        await ended.Fired;
        await (await dropped.Task);
        await EventuallyAsync(() => IsOver(connection));
        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(["closed"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task Serial_handlers_need_no_lock()
    {
        await using var peers = await StartAsync(new PeerSettings { SerialHandlers = true });
        var running = 0;
        var sum = 0;
        peers.Server.Map("Test/Add", async Task<int> (int number) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            var before = sum;
            await Task.Yield();
            sum = before + number;
            Interlocked.Decrement(ref running);
            return sum;
        });
        await peers.Channel.OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () => await peers.Channel.CallAsync<int, int>("Test/Add", 1))));

        Assert.Equal(200, sum);
    }

    [Fact(Timeout = Hang)]
    public async Task Serial_notifications_are_handled_in_the_order_in_which_they_were_sent()
    {
        Assert.SkipUnless(Wire.CallsBack, "HTTP/2 streams have no order.");
        await using var peers = await StartAsync(new PeerSettings { SerialHandlers = true });
        var seen = new List<int>();
        peers.Server.Endpoints.MapOneWay("Test/Tell", async Task (int number) =>
        {
            if (number % 7 == 0)
                await Task.Yield();
            seen.Add(number);
        });
        peers.Server.Map("Test/Count", () => seen.Count);

        for (var number = 0; number < 2000; number++)
            await peers.Channel.NotifyAsync("Test/Tell", number);

        Assert.Equal(2000, await peers.Channel.CallAsync<int>("Test/Count"));
        Assert.Equal(Enumerable.Range(0, 2000), seen);
    }

    [Fact(Timeout = Hang)]
    public async Task A_serial_handler_may_stay_on_while_its_caller_has_gone()
    {
        await using var peers = await StartAsync(new PeerSettings { SerialHandlers = true });
        var started = new Signal();
        var release = new Signal();
        peers.Server.Map("Test/Hold", async () =>
        {
            started.Fire();
            await release.Fired;
        });
        peers.Server.Map("Test/Echo", (int number) => number);
        using var cancellation = new CancellationTokenSource();
        var held = peers.Channel.CallAsync<Empty>("Test/Hold", cancellation.Token).AsTask();
        await started.Fired;

        var next = peers.Channel.CallAsync<int, int>("Test/Echo", 2).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
        Assert.False(next.IsCompleted);
        release.Fire();

        Assert.Equal(2, await next);
    }

    private static bool IsOver(Connection connection)
    {
        try
        {
            connection.Post(() => default);
            return false;
        }
        catch (RpcException exception)
        {
            return exception.Code == StatusCode.Unavailable;
        }
    }

    private static async Task<Connection> ServerConnectionAsync(Peers peers)
    {
        peers.Server.Map("Test/Echo", (int number) => number);
        await peers.Channel.CallAsync<int, int>("Test/Echo", 1);
        return peers.Server.Connections.Single();
    }
}
