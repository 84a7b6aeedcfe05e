using System.Collections.Concurrent;

namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>Calls that wait for a server out of reach, calls that come while a channel drains, and what the state says meanwhile.</summary>
public sealed class WaitingTests : GrpcLifeTest
{
    private static readonly CallOptions Patient = new() { WaitForReady = true };

    private readonly ConcurrentQueue<ChannelState> states = new();
    private TimeSpan delay = Delay;
    private int failedAttempts;

    [Fact(Timeout = Hang)]
    public async Task A_call_that_waits_for_its_server_ends_with_the_channel()
    {
        var (channel, call) = await WaitForServerAsync();

        await channel.DisposeAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("has been disposed", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_waits_for_its_server_does_not_hold_up_the_channel_s_shutdown()
    {
        var (channel, call) = await WaitForServerAsync();

        await channel.ShutdownAsync(TimeSpan.FromDays(1), TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("draining", failure.Status.Text, StringComparison.Ordinal);
    }

    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_waits_for_its_server_goes_on_as_soon_as_the_delay_is_void(bool isReset)
    {
        var (channel, call) = await WaitForServerAsync();
        Network.RefusesLinks = false;

        if (isReset)
            channel.Reset();
        else
            channel.NetworkChanged();

        Assert.Equal("hello", await call);
        Assert.Equal(2, Network.LinksTried);
    }

    [Theory(Timeout = Hang)]
    [InlineData(500)]
    [InlineData(1_500)]
    public async Task A_delay_of_a_fraction_of_a_millisecond_is_waited_for_and_not_counted_down(int microseconds)
    {
        delay = TimeSpan.FromMicroseconds(microseconds);
        var (_, call) = await WaitForServerAsync();
        Network.RefusesLinks = false;

        Clock.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal("hello", await call);
    }

    [Fact(Timeout = Hang)]
    public async Task A_further_connection_that_cannot_be_made_leaves_the_channel_ready()
    {
        await ServeAsync(limits: new ConnectionLimits { MaxCallsInFlight = 1 });
        var channel = Connect(Options(maxConnections: 2));
        using var cancellation = new CancellationTokenSource();
        var hanging = await HangAsync(channel, cancellation.Token);
        Network.RefusesLinks = true;

        var second = Record.ExceptionAsync(async () => await EchoAsync(channel));
        await EventuallyAsync(() => Volatile.Read(ref failedAttempts) == 1);
        await cancellation.CancelAsync();
        await Record.ExceptionAsync(() => hanging);
        await second;

        Assert.Equal(ChannelState.Ready, channel.State);
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_that_drains_says_so_until_it_is_closed()
    {
        await ServeAsync();
        var channel = Connect(Options());
        var hanging = await HangAsync(channel);

        var shutdown = channel.ShutdownAsync(TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        Network.Cut();
        await Assert.ThrowsAsync<RpcException>(() => hanging);
        await shutdown;

        await EventuallyAsync(() => states.Contains(ChannelState.Closed));
        Assert.Equal([ChannelState.Connecting, ChannelState.Ready, ChannelState.Draining, ChannelState.Closed], states);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_to_a_channel_that_drains_is_not_tried_again()
    {
        await ServeAsync();
        var channel = Connect(Options());
        await HangAsync(channel);
        _ = channel.ShutdownAsync(TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        var result = new CallResult();

        var failure = await FailAsync(channel, new CallOptions { Result = result });

        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("draining", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(1, result.Attempts);
    }

    [Fact(Timeout = Hang)]
    public async Task A_stream_is_not_resumed_on_a_channel_that_drains()
    {
        await ServeAsync();
        var channel = Connect(Options());
        await HangAsync(channel);
        _ = channel.ShutdownAsync(TimeSpan.FromDays(1), TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in channel.ResumeAsync<int, int>("Test/Count", 0, static last => last + 1))
                continue;
        });

        Assert.Contains("draining", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_was_refused_once_and_could_not_be_tried_again_may_have_run()
    {
        var server = await ServeAsync();
        server.Map("Test/Refuse", string (string _) => throw new RpcException(StatusCode.Unavailable, "not now"));
        var retry = new RetryPolicy { MaxAttempts = 2, InitialBackoff = Delay, MaxBackoff = Delay };
        var channel = Connect(Options(retry: retry));
        await channel.OpenAsync();

        var call = channel.CallAsync<string, string>("Test/Refuse", "hello").AsTask();
        await EventuallyAsync(() => Clock.UntilNextTimer <= Delay * 1.2);
        await server.DisposeAsync();
        await RepeatUntilAsync(() => Clock.Advance(TimeSpan.FromSeconds(1)), () => call.IsCompleted);

        var failure = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((StatusCode.Unavailable, false), (failure.Code, failure.NotRun));
        Assert.DoesNotContain("not now", failure.Status.Text, StringComparison.Ordinal);
    }

    /// <summary>A call that has tried to connect once, in vain, and waits.</summary>
    private async Task<(HawserChannel Channel, Task<string> Call)> WaitForServerAsync()
    {
        await ServeAsync();
        Network.RefusesLinks = true;
        var channel = Connect(Options());
        var call = EchoAsync(channel, Patient).AsTask();
        await EventuallyAsync(() => Clock.UntilNextTimer == TimeSpan.FromMilliseconds(Math.Ceiling(delay.TotalMilliseconds)));
        return (channel, call);
    }

    /// <summary>A call that is in flight, and stays so.</summary>
    private static async Task<Task> HangAsync(HawserChannel channel, CancellationToken cancellationToken = default)
    {
        var connection = await channel.OpenAsync(CancellationToken.None);
        var hanging = channel.CallAsync<Empty>("Test/Hang", new CallOptions { CancellationToken = cancellationToken }).AsTask();
        await EventuallyAsync(() => connection.GetStatistics().CallsInFlight == 1);
        return hanging;
    }

    private new HawserChannel Connect(HawserChannelOptions options)
    {
        var channel = base.Connect(options);
        channel.StateChanged += (_, change) => states.Enqueue(change.Current);
        return channel;
    }

    private HawserChannelOptions Options(int maxConnections = 1, RetryPolicy? retry = null) => new()
    {
        TimeProvider = Clock,
        Transports = Network.Transports,
        Wires = [new GrpcWire { Client = new GrpcClientOptions { MaxConnections = maxConnections, Retry = retry } }],
        Reconnect = new ReconnectOptions
        {
            WatchesNetwork = false,
            Backoff = _ =>
            {
                Interlocked.Increment(ref failedAttempts);
                return delay;
            },
        },
    };
}
