namespace Hawser.Tests.Channels.Life;

public sealed class WaitForReadyTests : ChannelTest
{
    private static readonly CallOptions Waiting = new() { WaitForReady = true };

    [Theory(Timeout = Hang)]
    [InlineData("unary")]
    [InlineData("stream")]
    public async Task A_call_that_waits_is_made_once_the_server_is_there(string kind)
    {
        var channel = Connect();
        var call = kind == "unary" ? EchoAsync(channel, Waiting).AsTask() : CountAsync(channel);
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        await AdvanceToNextAttemptAsync(channel);
        Assert.False(call.IsCompleted);

        var server = await ServeAsync();
        server.Map("Test/Count", (int count) => Enumerable.Range(0, count).ToAsyncEnumerable());
        Clock.Advance(Delay);

        Assert.Equal(kind == "unary" ? "hello" : "5", await call);
    }

    [Fact(Timeout = Hang)]
    public async Task It_waits_no_longer_than_its_deadline_and_is_told_why()
    {
        var channel = Connect();
        var call = FailAsync(channel, Waiting with { Timeout = Delay * 1.5 });
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        await AdvanceToNextAttemptAsync(channel);
        Clock.Advance(Delay / 2);

        var failure = await call;

        Assert.Equal((StatusCode.DeadlineExceeded, true), (failure.Code, failure.NotRun));
        Assert.Contains("inproc:", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task What_is_left_of_the_deadline_goes_with_the_call()
    {
        var channel = Connect();
        var call = channel.CallAsync<double>("Test/Left", Waiting with { Timeout = Delay * 3 }).AsTask();
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        var server = await ServeAsync();
        server.Map("Test/Left", (CallContext context) => (context.Deadline!.Value - Clock.GetUtcNow()).TotalSeconds);
        Clock.Advance(Delay);

        Assert.Equal((Delay * 2).TotalSeconds, await call);
    }

    [Fact(Timeout = Hang)]
    public async Task It_gives_up_when_its_caller_does()
    {
        using var source = new CancellationTokenSource();
        var channel = Connect();
        var call = EchoAsync(channel, Waiting with { CancellationToken = source.Token }).AsTask();
        await channel.WaitForStateAsync(ChannelState.BackingOff);

        await source.CancelAsync();

        Assert.Equal(source.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).CancellationToken);
    }

    [Fact(Timeout = Hang)]
    public async Task It_ends_when_the_channel_is_disposed()
    {
        var channel = Connect();
        var call = FailAsync(channel, Waiting);
        await channel.WaitForStateAsync(ChannelState.BackingOff);

        await channel.DisposeAsync();

        Assert.Equal((StatusCode.Unavailable, true), ((await call).Code, (await call).NotRun));
    }

    [Fact(Timeout = Hang)]
    public async Task A_hundred_calls_wait_for_one_attempt()
    {
        var channel = Connect();
        var calls = Enumerable.Range(0, 100).Select(_ => EchoAsync(channel, Waiting).AsTask()).ToArray();
        await channel.WaitForStateAsync(ChannelState.BackingOff);
        await ServeAsync();

        Clock.Advance(Delay);
        await Task.WhenAll(calls);

        Assert.Equal(2, Network.LinksTried);
    }

    private static async Task<string> CountAsync(HawserChannel channel)
    {
        var count = 0;
        await foreach (var _ in channel.StreamAsync<int, int>("Test/Count", 5, Waiting))
            count++;
        return $"{count}";
    }

    private async Task AdvanceToNextAttemptAsync(HawserChannel channel)
    {
        var tried = Network.LinksTried;
        Clock.Advance(Delay);
        await EventuallyAsync(() => Network.LinksTried == tried + 1 && channel.State == ChannelState.BackingOff);
    }
}
