using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Deadlines travel, and fire on both sides; each side by its own clock.</summary>
public abstract class DeadlineConformance(WireUnderTest wire) : CallConformance(wire)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _serverTime = new();
    private readonly ManualTimeProvider _channelTime = new();

    private PeerSettings Settings => new() { ServerTime = _serverTime, ChannelTime = _channelTime };

    [Fact(Timeout = Hang)]
    public async Task The_server_sees_the_deadline_on_its_own_clock()
    {
        await using var peers = await StartAsync(Settings);
        peers.Server.Map("Test/Deadline", (CallContext call) => call.Deadline);
        _serverTime.SetUtcNow(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));

        var deadline = await peers.Channel.CallAsync<DateTimeOffset?>("Test/Deadline", new CallOptions { Timeout = 7 * Second });
        var none = await peers.Channel.CallAsync<DateTimeOffset?>("Test/Deadline");

        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 7, TimeSpan.Zero), deadline);
        Assert.Null(none);
    }

    [Fact(Timeout = Hang)]
    public async Task A_unary_call_ends_when_the_caller_s_clock_says_so()
    {
        await using var peers = await StartAsync(Settings);
        var started = MapHanging(peers);

        var call = peers.Channel.CallAsync<Empty>("Test/Hang", new CallOptions { Timeout = Second }).AsTask();
        await started.Fired;
        _channelTime.Advance(Second);
        var failure = await FailureOfAsync(call);

        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
        Assert.Contains("Test/Hang", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_unary_call_does_not_end_before()
    {
        await using var peers = await StartAsync(Settings);
        var started = new Signal();
        var release = new Signal();
        peers.Server.Map("Test/Wait", async () =>
        {
            started.Fire();
            await release.Fired;
        });

        var call = peers.Channel.CallAsync<Empty>("Test/Wait", new CallOptions { Timeout = Second }).AsTask();
        await started.Fired;
        _channelTime.Advance(Second - TimeSpan.FromTicks(1));
        _serverTime.Advance(Second - TimeSpan.FromTicks(1));
        release.Fire();

        await call;
        _channelTime.Advance(Second);
    }

    [Fact(Timeout = Hang)]
    public async Task The_handler_s_token_fires_by_the_server_s_clock_and_the_caller_is_told()
    {
        await using var peers = await StartAsync(Settings);
        var started = MapHanging(peers, out var stopped);

        var call = peers.Channel.CallAsync<Empty>("Test/Hang", new CallOptions { Timeout = Second }).AsTask();
        await started.Fired;
        _serverTime.Advance(Second);

        await stopped.Fired;
        Assert.Equal(StatusCode.DeadlineExceeded, (await FailureOfAsync(call)).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task The_handler_s_token_fires_when_the_caller_s_clock_is_first()
    {
        await using var peers = await StartAsync(Settings);
        var started = MapHanging(peers, out var stopped);

        var call = peers.Channel.CallAsync<Empty>("Test/Hang", new CallOptions { Timeout = Second }).AsTask();
        await started.Fired;
        _channelTime.Advance(Second);

        await stopped.Fired;
        await FailureOfAsync(call);
    }

    [Fact(Timeout = Hang)]
    public async Task A_stream_ends_in_the_middle_after_the_messages_before()
    {
        await using var peers = await StartAsync(Settings);
        var never = new Signal();
        peers.Server.Map("Test/Count", () => CountThenAsync(3, never.Fired));
        var numbers = peers.Channel.StreamAsync<int>("Test/Count", new CallOptions { Timeout = Second }).GetAsyncEnumerator();

        for (var i = 0; i < 3; i++)
        {
            Assert.True(await numbers.MoveNextAsync());
            Assert.Equal(i, numbers.Current);
        }

        var next = numbers.MoveNextAsync().AsTask();
        _channelTime.Advance(Second);

        Assert.Equal(StatusCode.DeadlineExceeded, (await FailureOfAsync(next)).Code);
        await numbers.DisposeAsync();
        never.Fire();
    }

    [Fact(Timeout = Hang)]
    public async Task An_upload_ends_in_the_middle_on_both_sides()
    {
        await using var peers = await StartAsync(Settings);
        var first = new Signal();
        var seen = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Upload", async (Stream octets) =>
        {
            await octets.ReadExactlyAsync(new byte[1]);
            first.Fire();
            seen.SetResult(await Record.ExceptionAsync(() => octets.CopyToAsync(Stream.Null)));
        });
        var source = new PatternStream(10) { Gate = position => position == 0 ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan) };

        var call = peers.Channel.UploadAsync<Empty>("Test/Upload", source, new CallOptions { Timeout = Second }).AsTask();
        await first.Fired;
        _channelTime.Advance(Second);

        Assert.Equal(StatusCode.DeadlineExceeded, (await FailureOfAsync(call)).Code);
        Assert.IsType<RpcException>(await seen.Task);
        await source.Disposed;
    }

    [Theory(Timeout = Hang)]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task A_deadline_that_has_passed_already_runs_nothing(int seconds)
    {
        await using var peers = await StartAsync(Settings);
        peers.Server.Map("Test/Run", () => Assert.Fail("It ran."));
        var options = new CallOptions { Timeout = seconds * Second };

        var unary = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Run", options));
        var upload = await FailureOfAsync(peers.Channel.UploadAsync<Empty>("Test/Run", new PatternStream(10), options));

        Assert.Equal((StatusCode.DeadlineExceeded, true), (unary.Code, unary.NotRun));
        Assert.Equal((StatusCode.DeadlineExceeded, true), (upload.Code, upload.NotRun));
    }

    [Fact(Timeout = Hang)]
    public async Task A_unary_call_s_deadline_passes_while_the_channel_connects()
    {
        await using var peers = await StartAsync(Settings);
        var connectable = new Signal();
        peers.ChannelTransport.Connectable = connectable.Fired;

        var call = peers.Channel.CallAsync<int, int>("Test/Echo", 1, new CallOptions { Timeout = Second }).AsTask();
        await AssertPassesAsync(call);
        connectable.Fire();
    }

    [Fact(Timeout = Hang)]
    public async Task A_streaming_call_s_deadline_passes_while_the_channel_connects()
    {
        await using var peers = await StartAsync(Settings);
        var connectable = new Signal();
        peers.ChannelTransport.Connectable = connectable.Fired;

        var call = peers.Channel.UploadAsync<int>("Test/Upload", new PatternStream(10), new CallOptions { Timeout = Second }).AsTask();
        await AssertPassesAsync(call);
        connectable.Fire();
    }

    [Fact(Timeout = Hang)]
    public async Task A_very_long_deadline_is_none_that_anybody_notices()
    {
        await using var peers = await StartAsync(Settings);
        peers.Server.Map("Test/Echo", (int number) => number);
        peers.Server.Map("Test/Count", () => Streams.CountAsync(3));
        var options = new CallOptions { Timeout = TimeSpan.MaxValue };

        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Echo", 1, options));
        Assert.Equal(3, (await Streams.ToListAsync(peers.Channel.StreamAsync<int>("Test/Count", options))).Count);
    }

    private async Task AssertPassesAsync(Task call)
    {
        await AdvanceUntilAsync(_channelTime, Second / 10, () => call.IsCompleted);
        var failure = await FailureOfAsync(call);
        Assert.Equal((StatusCode.DeadlineExceeded, true), (failure.Code, failure.NotRun));
    }

    private static Signal MapHanging(Peers peers) => MapHanging(peers, out _);

    private static Signal MapHanging(Peers peers, out Signal stopped)
    {
        var started = new Signal();
        var ended = stopped = new Signal();
        peers.Server.Map("Test/Hang", async (CancellationToken cancellationToken) =>
        {
            _ = cancellationToken.Register(ended.Fire);
            started.Fire();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        return started;
    }

    private static async IAsyncEnumerable<int> CountThenAsync(int count, Task then)
    {
        for (var i = 0; i < count; i++)
            yield return i;
        await then;
    }
}
