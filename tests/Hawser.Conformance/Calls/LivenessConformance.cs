using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Handshake, keep-alive and idle timeouts: a silent peer is found, a slow one is not taken for dead.</summary>
public abstract class LivenessConformance(WireUnderTest wire) : CallConformance(wire)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _serverTime = new();
    private readonly ManualTimeProvider _channelTime = new();

    private static ConnectionLimits NeverPings => new() { KeepAliveInterval = null };

    private PeerSettings Settings => new() { ServerTime = _serverTime, ChannelTime = _channelTime, ServerLimits = NeverPings, ChannelLimits = NeverPings };

    [Fact(Timeout = Hang)]
    public async Task A_server_that_never_answers_the_handshake_is_given_up()
    {
        await using var peers = await StartAsync(Settings with { ChannelLimits = new ConnectionLimits { HandshakeTimeout = 3 * Second } });
        peers.ChannelTransport.Connectable = Task.Delay(Timeout.InfiniteTimeSpan);

        var call = peers.Channel.CallAsync<Empty>("Test/Echo").AsTask();
        await AdvanceUntilAsync(_channelTime, Second, () => call.IsCompleted);
        var failure = await FailureOfAsync(call);

        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("ConnectionLimits.HandshakeTimeout", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_falls_silent_is_found_and_its_calls_end()
    {
        await using var peers = await StartAsync(Settings with { ChannelLimits = new ConnectionLimits { KeepAliveInterval = 5 * Second, KeepAliveTimeout = 5 * Second } });
        var started = new Signal();
        var release = new Signal();
        peers.Server.Map("Test/Wait", async () =>
        {
            started.Fire();
            await release.Fired;
        });

        var call = peers.Channel.CallAsync<Empty>("Test/Wait").AsTask();
        await started.Fired;
        peers.ServerTransport.Link.IsSilent = true;
        await AdvanceUntilAsync(_channelTime, Second, () => call.IsCompleted);
        var failure = await FailureOfAsync(call);
        release.Fire();

        Assert.Equal((StatusCode.Unavailable, false), (failure.Code, failure.NotRun));
        Assert.Contains("ConnectionLimits.KeepAliveTimeout", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_answers_pings_is_never_given_up_however_slow_its_calls_are()
    {
        await using var peers = await StartAsync(Settings with { ChannelLimits = new ConnectionLimits { KeepAliveInterval = 5 * Second, KeepAliveTimeout = 60 * Second } });
        var read = new Signal();
        peers.Server.Map("Test/Upload", async Task (Stream octets) => await read.Fired);
        var source = new PatternStream(long.MaxValue);
        var upload = peers.Channel.UploadAsync<Empty>("Test/Upload", source).AsTask();
        await EventuallyAsync(() => source.Taken > 0);
        var connection = await peers.Channel.OpenAsync();

        for (var i = 0; i < 30; i++)
        {
            var before = connection.GetStatistics().BytesReceived;
            _channelTime.Advance(5 * Second);
            await EventuallyAsync(() => connection.GetStatistics().BytesReceived > before);

            // The answer has arrived; once that of a later ping has been read, so has it, and keep-alive may ping again.
            await connection.PingAsync();
        }

        Assert.NotNull(connection.GetStatistics().RoundTripTime);
        read.Fire();
        await upload;
    }

    [Fact(Timeout = Hang)]
    public async Task Whatever_arrives_is_a_sign_of_life_even_without_answers_to_pings()
    {
        await using var peers = await StartAsync(Settings with { ChannelLimits = new ConnectionLimits { KeepAliveInterval = 5 * Second, KeepAliveTimeout = 5 * Second } });
        var next = System.Threading.Channels.Channel.CreateUnbounded<int>();
        peers.Server.Map("Test/Tell", () => next.Reader.ReadAllAsync());
        await using var numbers = peers.Channel.StreamAsync<int>("Test/Tell").GetAsyncEnumerator();
        next.Writer.TryWrite(0);
        Assert.True(await numbers.MoveNextAsync());

        // The server hears no ping any more, so it answers none; but it tells numbers.
        peers.ChannelTransport.Link.IsSilent = true;
        for (var i = 1; i < 20; i++)
        {
            _channelTime.Advance(4 * Second);
            next.Writer.TryWrite(i);
            Assert.True(await numbers.MoveNextAsync());
            Assert.Equal(i, numbers.Current);
        }

        var last = numbers.MoveNextAsync().AsTask();
        await AdvanceUntilAsync(_channelTime, Second, () => last.IsCompleted);
        Assert.Equal(StatusCode.Unavailable, (await FailureOfAsync(last)).Code);
        next.Writer.Complete();
    }

    [Fact(Timeout = Hang)]
    public async Task A_side_that_never_pings_by_itself_does_when_its_peer_would_give_it_up()
    {
        await using var peers = await StartAsync(Settings with
        {
            ServerLimits = NeverPings with { KeepAliveTimeout = TimeSpan.FromDays(1) },
            ChannelLimits = new ConnectionLimits { KeepAliveInterval = 5 * Second, KeepAliveTimeout = 10 * Second },
        });
        await peers.Channel.OpenAsync();
        await EventuallyAsync(() => peers.Server.Connections.Count == 1);
        var connection = peers.Server.Connections.Single();

        // Nobody calls, and the channel's clock stands still: only the server's own ping can find the time that an answer takes.
        await RepeatUntilAsync(() => _serverTime.Advance(Second), () => connection.GetStatistics().RoundTripTime is not null);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_without_calls_is_closed_after_the_idle_timeout_and_the_next_call_connects_again()
    {
        await using var peers = await StartAsync(Settings with { ChannelLimits = NeverPings with { IdleTimeout = 10 * Second } });
        peers.Server.Map("Test/Echo", (int number) => number);
        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Echo", 1));
        var connection = await peers.Channel.OpenAsync();

        await AdvanceUntilAsync(_channelTime, Second, () => connection.Closed.IsCancellationRequested);

        Assert.InRange(_channelTime.GetUtcNow() - _channelTime.Start, 10 * Second, TimeSpan.MaxValue);
        Assert.Equal(2, await peers.Channel.CallAsync<int, int>("Test/Echo", 2));
        Assert.Equal(2, peers.ChannelTransport.Links.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_with_a_call_in_flight_is_not_idle()
    {
        await using var peers = await StartAsync(Settings with { ChannelLimits = NeverPings with { IdleTimeout = 10 * Second } });
        var started = new Signal();
        var release = new Signal();
        peers.Server.Map("Test/Wait", async () =>
        {
            started.Fire();
            await release.Fired;
        });

        var call = peers.Channel.CallAsync<Empty>("Test/Wait").AsTask();
        await started.Fired;
        for (var i = 0; i < 100; i++)
            _channelTime.Advance(Second);
        release.Fire();

        await call;
    }
}
