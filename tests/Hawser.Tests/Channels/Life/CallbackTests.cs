using System.Collections.Concurrent;
using Hawser.Tests.Channels.Retries;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Tests.Channels.Life;

public sealed class CallbackTests : ChannelTest
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

        // The server closes once; the next attempt comes when the callback said.
        await server.DisposeAsync();
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        await ServeAsync();
        Clock.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromTicks(1));
        Assert.Equal(1, connections);
        Clock.Advance(TimeSpan.FromTicks(1));

        // The client resets in its open callback: the same again.
        await EventuallyAsync(() => connections == 2 && channel.State == ChannelState.BackingOff);
        await EventuallyAsync(() => Clock.UntilNextTimer == TimeSpan.FromSeconds(7));
        Clock.Advance(TimeSpan.FromSeconds(7));

        // The client closes for good in its open callback.
        await EventuallyAsync(() => channel.State == ChannelState.Closed && events.Contains("finished"));
        Assert.Equal(["opened", "closed", "opened", "closed", "opened", "closed", "finished"], events);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, connections);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_made_in_the_moment_of_a_loss_waits_until_the_application_has_been_told()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        for (var loss = 1; loss <= 3; loss++)
        {
            var lost = await channel.OpenAsync();

            // The earliest that anybody can learn of the end: before the channel itself has.
            var next = new TaskCompletionSource<Task<string>>();
            await using var told = lost.Closed.UnsafeRegister(_ => next.SetResult(EchoAsync(channel).AsTask()), state: null);
            Network.Cut();

            Assert.Equal("hello", await await next.Task);
            Assert.Equal(loss + 1, Network.LinksTried);
            Assert.Equal([.. Enumerable.Repeat<string[]>(["opened", "closed"], loss).SelectMany(static pair => pair), "opened"], events);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_refused_connection_is_a_failed_attempt_with_the_application_s_words()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        opened = static _ => throw new RpcException(StatusCode.FailedPrecondition, "this is not the server we want");

        var failure = await FailAsync(channel);

        Assert.Equal((StatusCode.FailedPrecondition, true), (failure.Code, failure.NotRun));
        Assert.Contains("not the server we want", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(["opened", "closed"], events);
        opened = static _ => default;
        Clock.Advance(Delay);
        await channel.WaitForStateAsync(ChannelState.Ready);
        Assert.Equal(["opened", "closed", "opened"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task An_open_callback_that_fails_refuses_the_connection()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        opened = static _ => throw new InvalidOperationException("secret");

        var failure = await FailAsync(channel);

        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.DoesNotContain("secret", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(["opened", "closed"], events);
    }

    [Fact(Timeout = Hang)]
    public async Task The_open_callback_calls_the_server_before_any_call_of_the_channel()
    {
        var order = new ConcurrentQueue<string>();
        var server = await ServeAsync();
        server.Map("Test/Note", (string text) => order.Enqueue(text));
        var channel = Connect(Watched());
        opened = async connection => await connection.CallAsync<string, Empty>("Test/Note", "callback");

        await channel.CallAsync<string, Empty>("Test/Note", "call");

        Assert.Equal(["callback", "call"], order);
    }

    [Fact(Timeout = Hang)]
    public async Task The_close_callback_comes_after_the_last_call_has_ended()
    {
        await ServeAsync();
        var channel = Connect(Watched());
        await channel.OpenAsync();
        var hanging = channel.CallAsync<Empty>("Test/Hang").AsTask();
        var wasOver = new TaskCompletionSource<int>();
        closed = end => wasOver.SetResult(end.Connection.GetStatistics().CallsInFlight);

        Network.Cut();

        Assert.Equal(0, await wasOver.Task);
        await Assert.ThrowsAsync<RpcException>(() => hanging);
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
        Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("hello", await waiting);
        Assert.Equal(2, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task A_callback_that_throws_is_logged_and_stops_nothing()
    {
        await ServeAsync();
        using var log = new RecordingLoggerFactory();
        var channel = Connect(Watched(log));
        closed = static _ => throw new InvalidOperationException("a test threw it");
        await channel.OpenAsync();

        Network.Cut();
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        Clock.Advance(Delay);

        await channel.WaitForStateAsync(ChannelState.Ready);
        Assert.Contains((LogLevel.Error, $"The callback ConnectionClosed of the channel to {Address} failed"), log.Entries);
    }

    [Fact(Timeout = Hang)]
    public async Task A_reset_in_the_open_callback_that_fails_then_in_whatever_way_is_followed_by_the_next_connection()
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
    public async Task A_rule_for_the_delay_that_throws_is_replaced_by_the_channel_s_own()
    {
        var channel = Connect(new HawserChannelOptions
        {
            TimeProvider = Clock,
            Transports = Network.Transports,
            Reconnect = new ReconnectOptions { Backoff = static _ => throw new InvalidOperationException("a test threw it"), WatchesNetwork = false },
        });
        await FailAsync(channel);
        await ServeAsync();

        Clock.Advance(new ReconnectOptions().InitialBackoff);

        await channel.WaitForStateAsync(ChannelState.Ready);
    }

    [Fact(Timeout = Hang)]
    public async Task A_subscriber_of_the_state_that_throws_stops_nothing()
    {
        await ServeAsync();
        var channel = Connect();
        channel.StateChanged += static (_, _) => throw new InvalidOperationException("a test threw it");

        Assert.Equal("hello", await EchoAsync(channel));

        await channel.DisposeAsync();
        Assert.Equal(ChannelState.Closed, channel.State);
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
        var channel = Connect(Watched());
        await FailAsync(channel);

        await channel.DisposeAsync();

        Assert.Equal(["finished"], events);
    }

    private HawserChannelOptions Watched(ILoggerFactory? log = null) => new()
    {
        LoggerFactory = log ?? NullLoggerFactory.Instance,
        TimeProvider = Clock,
        Transports = Network.Transports,
        Limits = new ConnectionLimits { KeepAliveInterval = null },
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
}
