namespace Hawser.Tests.Channels.Life;

public sealed class ChannelStateTests : ChannelTest
{
    [Fact(Timeout = Hang)]
    public async Task A_channel_is_idle_until_it_is_used_and_then_ready()
    {
        await ServeAsync();
        var channel = Connect();
        var steps = Record(channel);
        Assert.Equal(ChannelState.Idle, channel.State);

        Assert.Equal("hello", await EchoAsync(channel));

        await EventuallyAsync(() => steps.Count == 2);
        Assert.Equal([ChannelState.Connecting, ChannelState.Ready], steps.Select(static step => step.Current));
        Assert.Equal([ChannelState.Idle, ChannelState.Connecting], steps.Select(static step => step.Previous));
        Assert.Equal(1, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task A_failed_attempt_is_followed_by_a_delay_whose_reason_every_call_is_told()
    {
        var channel = Connect();

        var first = await FailAsync(channel);
        var second = await FailAsync(channel);

        Assert.Equal(ChannelState.BackingOff, channel.State);
        Assert.Equal((StatusCode.Unavailable, true), (first.Code, first.NotRun));
        Assert.Equal(first.Status.Text, second.Status.Text);
        Assert.Contains("inproc:", second.Status.Text, StringComparison.Ordinal);
        Assert.Equal(1, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task The_next_attempt_comes_by_itself_when_the_delay_has_passed()
    {
        var channel = Connect();
        await FailAsync(channel);
        await ServeAsync();

        Clock.Advance(Delay - TimeSpan.FromTicks(1));
        Assert.Equal(ChannelState.BackingOff, channel.State);
        Clock.Advance(TimeSpan.FromTicks(1));

        await channel.WaitForStateAsync(ChannelState.Ready);
        Assert.Equal("hello", await EchoAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task A_lost_connection_is_replaced_by_itself_after_the_delay()
    {
        await ServeAsync();
        var channel = Connect();
        var steps = Record(channel);
        await channel.OpenAsync();

        Network.Cut();
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        Clock.Advance(Delay);
        await channel.WaitForStateAsync(ChannelState.Ready);

        await EventuallyAsync(() => steps.Count == 5);
        Assert.Equal(
            [ChannelState.Connecting, ChannelState.Ready, ChannelState.BackingOff, ChannelState.Connecting, ChannelState.Ready], steps.Select(static step => step.Current));
        Assert.Equal(Delay, steps[2].Delay);
        Assert.Contains("was lost", steps[2].Reason!.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_does_not_wait_for_the_delay_after_a_loss()
    {
        await ServeAsync();
        var channel = Connect();
        await channel.OpenAsync();
        Network.Cut();
        await channel.WaitForStateAsync(ChannelState.BackingOff);

        Assert.Equal("hello", await EchoAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_that_need_not_stay_connected_is_idle_after_a_loss_until_it_is_used()
    {
        await ServeAsync();
        var channel = Connect(OptionsOf(keepConnected: false));
        await channel.OpenAsync();
        Network.Cut();
        await channel.WaitForStateAsync(ChannelState.BackingOff);

        Clock.Advance(Delay);

        await channel.WaitForStateAsync(ChannelState.Idle);
        Assert.Equal(1, Network.LinksTried);
        Assert.Equal("hello", await EchoAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_that_was_closed_for_want_of_calls_is_not_made_again_before_the_next()
    {
        var server = await ServeAsync();
        var channel = Connect(new HawserChannelOptions
        {
            TimeProvider = Clock,
            Transports = Network.Transports,
            Limits = new ConnectionLimits { KeepAliveInterval = null, IdleTimeout = TimeSpan.FromSeconds(30) },
        });
        await channel.OpenAsync();

        // A server whose handshake is still under way would run out of time.
        await EventuallyAsync(() => server.Connections.Count == 1);
        Clock.Advance(TimeSpan.FromSeconds(60));

        await channel.WaitForStateAsync(ChannelState.Idle);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((ChannelState.Idle, 1), (channel.State, Network.LinksTried));
        Assert.Equal("hello", await EchoAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_goes_away_is_left_while_its_calls_go_on()
    {
        var old = await ServeAsync();
        var second = $"inproc:{Guid.NewGuid():N}";
        await ServeAsync(second);
        var channel = Connect(address: $"{Address},{second}");
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        old.Map("Test/Slow", async () =>
        {
            started.SetResult();
            await finish.Task;
        });
        var slow = channel.CallAsync<Empty>("Test/Slow").AsTask();
        await started.Task;

        var stopping = old.StopAsync(TimeSpan.FromHours(1));
        await EventuallyAsync(() => Network.LinksTried == 2 || channel.State == ChannelState.BackingOff);
        Assert.Equal("hello", await EchoAsync(channel));
        Assert.False(slow.IsCompleted);

        finish.SetResult();
        await slow;
        await stopping;
        Assert.Equal(ChannelState.Ready, channel.State);
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_that_drains_takes_no_new_calls_and_lets_the_others_finish()
    {
        var server = await ServeAsync();
        var started = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        server.Map("Test/Slow", async () =>
        {
            started.SetResult();
            await finish.Task;
        });
        var channel = Connect();
        var steps = Record(channel);
        var slow = channel.CallAsync<Empty>("Test/Slow").AsTask();
        await started.Task;

        var shutdown = channel.ShutdownAsync(TimeSpan.FromHours(1));
        Assert.Equal(ChannelState.Draining, channel.State);
        var refused = await FailAsync(channel);
        Assert.False(shutdown.IsCompleted);
        finish.SetResult();

        await slow;
        await shutdown;
        Assert.Equal((StatusCode.Unavailable, true), (refused.Code, refused.NotRun));
        Assert.Equal(ChannelState.Closed, channel.State);
        await EventuallyAsync(() => steps.Count == 4);
        Assert.Equal(ChannelState.Draining, steps[3].Previous);
    }

    [Fact(Timeout = Hang)]
    public async Task Draining_ends_the_calls_that_take_too_long()
    {
        await ServeAsync();
        var channel = Connect();
        await channel.OpenAsync();
        var hanging = channel.CallAsync<Empty>("Test/Hang").AsTask();

        var shutdown = channel.ShutdownAsync(TimeSpan.FromSeconds(5));
        Clock.Advance(TimeSpan.FromSeconds(5));
        await shutdown;

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => hanging)).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task Draining_may_take_as_long_as_the_calls_do()
    {
        await ServeAsync();
        var channel = Connect();
        var connection = await channel.OpenAsync();

        await channel.ShutdownAsync(TimeSpan.MaxValue);

        Assert.Equal(ChannelState.Closed, channel.State);
        Assert.True(connection.Closed.IsCancellationRequested);
    }

    [Fact(Timeout = Hang)]
    public async Task A_negative_drain_is_refused_and_the_channel_goes_on()
    {
        await ServeAsync();
        var channel = Connect();
        await channel.OpenAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => channel.ShutdownAsync(Timeout.InfiniteTimeSpan));

        Assert.Equal(ChannelState.Ready, channel.State);
    }

    [Fact(Timeout = Hang)]
    public async Task Nothing_comes_after_closed()
    {
        await ServeAsync();
        var channel = Connect();
        var steps = Record(channel);
        await channel.OpenAsync();

        await channel.DisposeAsync();
        channel.Reset();
        channel.NetworkChanged();

        Assert.Equal(ChannelState.Closed, channel.State);
        Assert.True((await FailAsync(channel)).NotRun);
        await EventuallyAsync(() => steps.Count == 3);
        Assert.Equal(ChannelState.Closed, steps[2].Current);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => channel.WaitForStateAsync(ChannelState.Ready));
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_is_disposed_while_it_connects()
    {
        await ServeAsync();
        Network.Weather = new Testing.Weather { Latency = TimeSpan.FromHours(1) };
        var channel = Connect();
        var call = EchoAsync(channel).AsTask();
        await channel.WaitForStateAsync(ChannelState.Connecting);

        await channel.DisposeAsync();

        Assert.True((await Assert.ThrowsAsync<RpcException>(() => call)).NotRun);
        Assert.Equal(ChannelState.Closed, channel.State);
    }
}
