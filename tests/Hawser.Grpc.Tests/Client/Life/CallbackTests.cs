using System.Collections.Concurrent;
using Hawser.Transports;

namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>What the application is told of a channel's gRPC connections, and what it decides.</summary>
public sealed class CallbackTests : GrpcLifeTest
{
    private readonly ConcurrentQueue<string> events = new();
    private Func<Connection, ValueTask> opened = static _ => default;
    private Action<ConnectionEnd> closed = static _ => { };

    [Fact(Timeout = Hang)]
    public async Task The_server_closes_then_the_client_resets_then_closes_for_good_in_its_open_callback()
    {
        var server = await ServeAsync();
        var channel = Connect(Watched());
        var connections = 0;
        opened = async connection =>
        {
            switch (++connections)
            {
                case 2:
                    channel.Reset();
                    break;
                case 3:
                    await channel.DisposeAsync();
                    break;
            }
        };
        closed = static end => end.Delay = end.Delay is null ? null : TimeSpan.FromSeconds(7);
        await channel.OpenAsync();

        // The server closes once; no call makes another connection before the callback has said so.
        await server.DisposeAsync();
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        await ServeAsync();
        Clock.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromTicks(1));
        Assert.True((await FailAsync(channel)).NotRun);
        Assert.Equal(1, connections);
        Clock.Advance(TimeSpan.FromTicks(1));

        // The client resets in its open callback: the same again.
        Assert.True((await FailAsync(channel)).NotRun);
        Assert.Equal((2, ChannelState.BackingOff), (connections, channel.State));
        Clock.Advance(TimeSpan.FromSeconds(7));

        // The client closes for good in its open callback, which does not wait for it: the call may be quicker.
        await Record.ExceptionAsync(async () => await EchoAsync(channel));
        await EventuallyAsync(() => channel.State == ChannelState.Closed && events.Contains("finished"));
        Assert.Equal(["opened", "closed", "opened", "closed", "opened", "closed", "finished"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task A_refused_connection_is_a_failed_attempt_with_the_application_s_words()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        opened = static _ => throw new RpcException(StatusCode.FailedPrecondition, "this is not the server we want");

        var failure = await FailAsync(channel, new CallOptions { WaitForReady = true });

        Assert.Equal((StatusCode.FailedPrecondition, true), (failure.Code, failure.NotRun));
        Assert.Contains("not the server we want", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(["opened", "closed"], events);
        Assert.Equal(ChannelState.BackingOff, channel.State);
        opened = static _ => default;
        Clock.Advance(Delay);
        Assert.Equal("hello", await EchoAsync(channel));
        Assert.Equal(["opened", "closed", "opened"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task An_open_callback_that_fails_refuses_the_connection()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        opened = static _ => throw new InvalidOperationException("secret");

        var failure = await FailAsync(channel);

        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.DoesNotContain("secret", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(["opened", "closed"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task No_call_is_made_before_the_open_callback_has_accepted_the_connection()
    {
        var server = await ServeAsync();
        server.Map("Test/Note", () => events.Enqueue("call"));
        var channel = Connect(Watched());
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var accept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        opened = async _ =>
        {
            asked.SetResult();
            await accept.Task;
            events.Enqueue("accepted");
        };

        var call = channel.CallAsync<Empty>("Test/Note").AsTask();
        await asked.Task;
        Assert.Equal(ChannelState.Connecting, channel.State);
        accept.SetResult();
        await call;

        Assert.Equal(["opened", "accepted", "call"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_by_the_open_callback_is_refused_with_a_sentence()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        RpcException? failure = null;
        opened = async connection => failure = await FailAsync(connection);

        Assert.Equal("hello", await EchoAsync(channel));

        Assert.Equal((StatusCode.FailedPrecondition, true), (failure!.Code, failure.NotRun));
        Assert.Contains("ConnectionOpened", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Both_callbacks_and_the_user_see_one_object()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        var seen = new List<Connection>();
        opened = connection =>
        {
            seen.Add(connection);
            return default;
        };
        closed = end => seen.Add(end.Connection);

        seen.Add(await channel.OpenAsync());
        await channel.DisposeAsync();

        Assert.Equal(3, seen.Count);
        Assert.Single(seen.Distinct());
        Assert.Contains("disposed", seen[0].CloseStatus?.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_delay_that_the_close_callback_has_chosen_is_obeyed_by_calls_as_well()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        closed = static end => end.Delay = TimeSpan.FromSeconds(20);
        await channel.OpenAsync();
        Network.Cut();
        await channel.WaitForStateAsync(ChannelState.BackingOff);

        Assert.True((await FailAsync(channel)).NotRun);
        var waiting = EchoAsync(channel, new CallOptions { WaitForReady = true }).AsTask();
        await EventuallyAsync(() => Clock.UntilNextTimer == TimeSpan.FromSeconds(20));
        Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("hello", await waiting);
        Assert.Equal(2, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task After_a_loss_a_call_connects_at_once_unless_the_callback_says_otherwise()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        TimeSpan? proposed = null;
        closed = end => proposed = end.Delay;
        await channel.OpenAsync();

        Network.Cut();
        await EventuallyAsync(() => events.Contains("closed"));

        Assert.Equal("hello", await EchoAsync(channel));
        Assert.Equal(Delay, proposed);
        Assert.Equal(["opened", "closed", "opened"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task A_close_callback_that_throws_stops_nothing()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        closed = static _ => throw new InvalidOperationException("a test threw it");
        await channel.OpenAsync();

        Network.Cut();
        await EventuallyAsync(() => events.Contains("closed"));

        Assert.Equal("hello", await EchoAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task A_reset_in_the_open_callback_is_followed_by_the_next_connection()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        var connections = 0;
        opened = _ =>
        {
            if (++connections > 1)
                return default;
            channel.Reset();
            throw new IOException("a test threw it");
        };

        Assert.Equal("hello", await EchoAsync(channel));

        Assert.Equal(["opened", "closed", "opened"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task Whoever_disposes_many_times_is_called_back_once()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        await channel.OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await channel.DisposeAsync())));

        Assert.Equal(["opened", "closed", "finished"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_that_never_connected_has_nothing_to_close_but_is_finished()
    {
        Network.RefusesLinks = true;
        await ServeAsync();
        var channel = Connect(Watched());
        await FailAsync(channel);

        await channel.DisposeAsync();

        Assert.Equal(["finished"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_that_is_made_while_the_channel_is_disposed_is_not_told_of_behind_the_end()
    {
        await ServeAsync();
        var clock = new PromptingClock();
        HawserChannel? channel = null;
        channel = Connect(Watched(clock: clock, transport: new PromptingTransport(() => clock.Next = () => DisposeNow(channel!))));

        await FailAsync(channel);

        Assert.Equal(["finished"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task Every_one_of_several_connections_is_opened_and_closed_once()
    {
        var server = await ServeAsync(limits: new ConnectionLimits { MaxCallsInFlight = 1 });
        var channel = Connect(Watched(maxConnections: 3));
        var running = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Map("Test/Wait", async () =>
        {
            Interlocked.Increment(ref running);
            await release.Task;
        });

        var calls = Enumerable.Range(0, 3).Select(_ => channel.CallAsync<Empty>("Test/Wait").AsTask()).ToArray();
        await EventuallyAsync(() => Volatile.Read(ref running) == 3);
        release.SetResult();
        await Task.WhenAll(calls);
        await channel.DisposeAsync();

        Assert.Equal(["opened", "opened", "opened", "closed", "closed", "closed", "finished"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task However_links_are_lost_and_dropped_each_one_that_was_opened_is_closed_once_before_the_end()
    {
        await ServeAsync();
        var random = new Random(17);
        var seen = new ConcurrentDictionary<Connection, int>();
        opened = connection =>
        {
            Assert.True(seen.TryAdd(connection, 0));
            return default;
        };
        closed = end => seen.AddOrUpdate(end.Connection, -1, static (_, count) => count + 1);
        var channel = Connect(Watched());

        for (var round = 0; round < 100; round++)
        {
            Network.CutAfter(random.Next(1, 2_000), (Testing.LinkDirection)random.Next(2));
            var calls = Enumerable.Range(0, 4).Select(_ => EchoAsync(channel).AsTask()).ToArray();
            if (random.Next(3) == 0)
                channel.Reset();
            await Task.WhenAll(calls).ContinueWith(static _ => { }, TaskScheduler.Default);
            Clock.Advance(Delay);
        }

        await channel.DisposeAsync();

        Assert.InRange(seen.Count, 10, int.MaxValue);
        Assert.All(seen.Values, static times => Assert.Equal(1, times));
        Assert.Equal("finished", events.Last());
        Assert.Single(events, "finished");
    }

    private HawserChannelOptions Watched(int maxConnections = 1, TimeProvider? clock = null, Transport? transport = null) => new()
    {
        TimeProvider = clock ?? Clock,
        Transports = transport is null ? Network.Transports : [transport],
        Wires = Wires(maxConnections),
        Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false },
        ConnectionOpened = (connection, _) =>
        {
            events.Enqueue("opened");
            return opened(connection);
        },
        ConnectionClosed = end =>
        {
            events.Enqueue("closed");
            closed(end);
        },
        Closed = () => events.Enqueue("finished"),
    };

    private static void DisposeNow(HawserChannel channel) => channel.DisposeAsync().AsTask().Wait();

    /// <summary>The system's clock, which does something before it tells the time.</summary>
    private sealed class PromptingClock : TimeProvider
    {
        private Action? next;

        public Action Next
        {
            set => Volatile.Write(ref next, value);
        }

        public override long GetTimestamp()
        {
            Interlocked.Exchange(ref next, null)?.Invoke();
            return base.GetTimestamp();
        }
    }

    /// <summary>TCP that does something when a connection has been made.</summary>
    private sealed class PromptingTransport(Action connected) : Transport
    {
        private readonly Transport tcp = new TransportRegistry([]).Find("tcp://127.0.0.1:1").Transport;

        public override string Scheme => "tcp";

        public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
        {
            var connection = await tcp.ConnectAsync(address, options, cancellationToken);
            connected();
            return connection;
        }

        public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
