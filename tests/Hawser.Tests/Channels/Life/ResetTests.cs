namespace Hawser.Tests.Channels.Life;

public sealed class ResetTests : ChannelTest
{
    [Fact(Timeout = Hang)]
    public async Task Reset_ends_the_delay()
    {
        var channel = Connect();
        await FailAsync(channel);
        await ServeAsync();

        channel.Reset();

        await channel.WaitForStateAsync(ChannelState.Ready);
        Assert.Equal("hello", await EchoAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task Reset_drops_the_connection_and_makes_a_new_one_at_once()
    {
        await ServeAsync();
        var channel = Connect();
        var before = await channel.OpenAsync();
        var hanging = channel.CallAsync<Empty>("Test/Hang").AsTask();
        await EventuallyAsync(() => before.GetStatistics().CallsInFlight == 1);

        channel.Reset();
        Assert.Equal("hello", await EchoAsync(channel));

        Assert.True(before.Closed.IsCancellationRequested);
        var lost = await Assert.ThrowsAsync<RpcException>(() => hanging);
        Assert.Equal((StatusCode.Unavailable, false), (lost.Code, lost.NotRun));
        Assert.Contains("reset", lost.Status.Text, StringComparison.Ordinal);
        Assert.NotSame(before, await channel.OpenAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Reset_makes_a_new_connection_also_where_the_channel_need_not_stay_connected()
    {
        await ServeAsync();
        var channel = Connect(OptionsOf(keepConnected: false));
        await channel.OpenAsync();

        channel.Reset();

        await EventuallyAsync(() => Network.LinksTried == 2);
        await channel.WaitForStateAsync(ChannelState.Ready);
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_that_was_never_used_is_connected_by_reset()
    {
        await ServeAsync();
        var channel = Connect();

        channel.Reset();

        await channel.WaitForStateAsync(ChannelState.Ready);
        Assert.Equal(1, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task A_change_of_the_network_ends_the_delay()
    {
        var channel = Connect();
        await FailAsync(channel);
        await ServeAsync();

        channel.NetworkChanged();

        await channel.WaitForStateAsync(ChannelState.Ready);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_that_died_with_the_network_is_replaced_without_waiting_for_keep_alive()
    {
        await ServeAsync();
        var channel = Connect();
        var before = await channel.OpenAsync();
        Network.HalfOpen();

        channel.NetworkChanged();
        Clock.Advance(new ReconnectOptions().NetworkPatience);
        await channel.WaitForStateAsync(ChannelState.BackingOff);

        Assert.True(before.Closed.IsCancellationRequested);
        Assert.Equal("hello", await EchoAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_that_answers_is_kept_when_the_network_has_changed()
    {
        await ServeAsync();
        var channel = Connect();
        var before = await channel.OpenAsync();
        var received = before.GetStatistics().BytesReceived;

        channel.NetworkChanged();
        await EventuallyAsync(() => before.GetStatistics().BytesReceived > received);
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("hello", await EchoAsync(channel));
        Assert.False(before.Closed.IsCancellationRequested);
        Assert.Equal(1, Network.LinksTried);
    }
}
