namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>The network has changed below a channel, or the channel is to begin anew.</summary>
public sealed class NetworkTests : GrpcLifeTest
{
    [Theory(Timeout = Hang)]
    [InlineData("grpc")]
    [InlineData("grpcs")]
    public async Task A_connection_that_died_with_the_network_is_found_within_the_patience_and_replaced(string scheme)
    {
        await ServeAsync(scheme);
        var channel = Connect(Options());
        var before = await channel.OpenAsync();
        var hanging = channel.CallAsync<Empty>("Test/Hang").AsTask();
        await EventuallyAsync(() => before.GetStatistics().CallsInFlight == 1);
        Network.HalfOpen();

        channel.NetworkChanged();
        Clock.Advance(new ReconnectOptions().NetworkPatience - TimeSpan.FromTicks(1));
        Assert.False(before.Closed.IsCancellationRequested);
        Clock.Advance(TimeSpan.FromTicks(1));

        var lost = await Assert.ThrowsAsync<RpcException>(() => hanging);
        Assert.Equal((StatusCode.Unavailable, false), (lost.Code, lost.NotRun));
        Assert.Contains("no sign of life within 2 s", lost.Status.Text, StringComparison.Ordinal);
        Assert.Equal("hello", await EchoAsync(channel));
        Assert.Equal(2, Network.LinksTried);
    }

    [Theory(Timeout = Hang)]
    [InlineData("grpc")]
    [InlineData("grpcs")]
    public async Task A_connection_that_answers_is_kept_when_the_network_has_changed(string scheme)
    {
        await ServeAsync(scheme);
        var channel = Connect(Options());
        var before = await channel.OpenAsync();

        for (var i = 0; i < 10; i++)
        {
            var received = before.GetStatistics().BytesReceived;
            channel.NetworkChanged();
            await EventuallyAsync(() => before.GetStatistics().BytesReceived > received);
        }

        Assert.Equal("hello", await EchoAsync(channel));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("hello", await EchoAsync(channel));
        Assert.False(before.Closed.IsCancellationRequested);
        Assert.Equal(1, Network.LinksTried);
    }

    [Theory(Timeout = Hang)]
    [InlineData("grpc")]
    [InlineData("grpcs")]
    public async Task Looking_for_life_disturbs_no_call(string scheme)
    {
        await ServeAsync(scheme);
        var channel = Connect(Options());
        await channel.OpenAsync();
        var texts = Enumerable.Range(0, 300).Select(static i => new string((char)('a' + (i % 26)), i * 100)).ToArray();

        var calls = texts.Select(text => Task.Run(async () =>
        {
            channel.NetworkChanged();
            return await channel.CallAsync<string, string>("Test/Echo", text);
        })).ToArray();

        Assert.Equal(texts, await Task.WhenAll(calls));
        Assert.Equal(1, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task A_change_of_the_network_ends_the_delay()
    {
        Network.RefusesLinks = true;
        await ServeAsync();
        var channel = Connect(Options());
        await FailAsync(channel);
        Network.RefusesLinks = false;

        channel.NetworkChanged();

        await channel.WaitForStateAsync(ChannelState.Ready);
    }

    [Fact(Timeout = Hang)]
    public async Task Reset_drops_the_connection_and_makes_a_new_one_at_once()
    {
        await ServeAsync();
        var channel = Connect(Options());
        var before = await channel.OpenAsync();
        var hanging = channel.CallAsync<Empty>("Test/Hang").AsTask();
        await EventuallyAsync(() => before.GetStatistics().CallsInFlight == 1);

        channel.Reset();
        await EventuallyAsync(() => Network.LinksTried == 2 && channel.State == ChannelState.Ready);

        Assert.True(before.Closed.IsCancellationRequested);
        Assert.Contains("reset", (await Assert.ThrowsAsync<RpcException>(() => hanging)).Status.Text, StringComparison.Ordinal);
        Assert.Equal("hello", await EchoAsync(channel));
        Assert.NotSame(before, await channel.OpenAsync());
    }

    private HawserChannelOptions Options() => new()
    {
        TimeProvider = Clock,
        Transports = Network.Transports,
        Transport = Trust,
        Wires = Wires(),
        Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false },
    };
}
