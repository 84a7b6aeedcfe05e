using System.Runtime.CompilerServices;

namespace Hawser.Conformance.Calls;

/// <summary>Cancelling: the other side's token fires, and the caller gets its own token back.</summary>
public abstract class CancellationConformance(WireUnderTest wire) : CallConformance(wire)
{
    private readonly CancellationTokenSource _cancellation = new();

    [Fact(Timeout = Hang)]
    public async Task A_unary_call_that_is_cancelled_gives_my_token_back_and_fires_the_handler_s()
    {
        await using var peers = await StartAsync();
        var (started, stopped) = MapHanging(peers);

        var call = peers.Channel.CallAsync<Empty>("Test/Hang", _cancellation.Token).AsTask();
        await started.Fired;
        await _cancellation.CancelAsync();

        await AssertMineAsync(call);
        await stopped.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task A_token_that_has_fired_before_runs_nothing()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Run", () => Assert.Fail("It ran."));
        peers.Server.Map("Test/Octets", (Stream octets) => Assert.Fail("It ran."));
        peers.Server.Map("Test/Count", IAsyncEnumerable<int> () => throw new InvalidOperationException("It ran."));
        peers.Server.Map("Test/Before", () => 1);
        await peers.Channel.CallAsync<int>("Test/Before");
        await _cancellation.CancelAsync();

        await AssertMineAsync(peers.Channel.CallAsync<Empty>("Test/Run", _cancellation.Token).AsTask());
        await AssertMineAsync(peers.Channel.UploadAsync<Empty>("Test/Octets", new PatternStream(1), _cancellation.Token).AsTask());
        await AssertMineAsync(Streams.ToListAsync(peers.Channel.StreamAsync<int>("Test/Count", _cancellation.Token)));
        await AssertMineAsync(peers.Channel.DownloadAsync("Test/Download", _cancellation.Token).AsTask());
        Assert.Equal(1, peers.Server.Connections.Single().GetStatistics().CallsServed);
    }

    [Fact(Timeout = Hang)]
    public async Task Cancelling_while_the_channel_connects_ends_the_call_and_not_the_connecting()
    {
        await using var peers = await StartAsync();
        var connectable = new Signal();
        peers.ChannelTransport.Connectable = connectable.Fired;
        peers.Server.Map("Test/Echo", (int number) => number);

        var cancelled = peers.Channel.CallAsync<int, int>("Test/Echo", 1, _cancellation.Token).AsTask();
        var patient = peers.Channel.CallAsync<int, int>("Test/Echo", 2).AsTask();
        await _cancellation.CancelAsync();
        await AssertMineAsync(cancelled);
        connectable.Fire();

        Assert.Equal(2, await patient);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_stream_is_cancelled_in_the_middle_by_the_options_token()
    {
        await using var peers = await StartAsync();
        var stopped = MapEndless(peers);

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var number in peers.Channel.StreamAsync<int>("Test/Endless", _cancellation.Token))
            {
                if (number == 100)
                    await _cancellation.CancelAsync();
            }
        });

        Assert.Equal(_cancellation.Token, failure.CancellationToken);
        await stopped.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_stream_is_cancelled_in_the_middle_by_the_enumeration_s_token()
    {
        await using var peers = await StartAsync();
        var stopped = MapEndless(peers);
        using var other = new CancellationTokenSource();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var number in peers.Channel.StreamAsync<int>("Test/Endless", other.Token).WithCancellation(_cancellation.Token))
            {
                if (number == 100)
                    await _cancellation.CancelAsync();
            }
        });

        Assert.Equal(_cancellation.Token, failure.CancellationToken);
        await stopped.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task Leaving_a_stream_early_stops_the_handler()
    {
        await using var peers = await StartAsync();
        var stopped = MapEndless(peers);

        await foreach (var number in peers.Channel.StreamAsync<int>("Test/Endless"))
        {
            if (number == 10)
                break;
        }

        await stopped.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_stream_is_cancelled_in_the_middle_on_both_sides()
    {
        await using var peers = await StartAsync();
        var first = new Signal();
        var seen = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Sum", async (IAsyncEnumerable<int> numbers) =>
        {
            seen.SetResult(await Record.ExceptionAsync(async () =>
            {
                await foreach (var _ in numbers)
                    first.Fire();
            }));
        });
        var source = new EndingStream();

        var call = peers.Channel.CallAsync<int, Empty>("Test/Sum", source.OneThenNothingAsync(), _cancellation.Token).AsTask();
        await first.Fired;
        await _cancellation.CancelAsync();

        await AssertMineAsync(call);
        await source.Ended.Fired;
        Assert.Equal(StatusCode.Cancelled, Assert.IsType<RpcException>(await seen.Task).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task An_upload_is_cancelled_in_the_middle_on_both_sides()
    {
        await using var peers = await StartAsync();
        var first = new Signal();
        var seen = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Upload", async (Stream octets) =>
        {
            await octets.ReadExactlyAsync(new byte[100_000]);
            first.Fire();
            seen.SetResult(await Record.ExceptionAsync(() => octets.CopyToAsync(Stream.Null)));
        });
        var source = new PatternStream(long.MaxValue);

        var call = peers.Channel.UploadAsync<Empty>("Test/Upload", source, _cancellation.Token).AsTask();
        await first.Fired;
        await _cancellation.CancelAsync();

        await AssertMineAsync(call);
        await source.Disposed;
        Assert.Equal(StatusCode.Cancelled, Assert.IsType<RpcException>(await seen.Task).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_download_is_cancelled_in_the_middle_on_both_sides()
    {
        await using var peers = await StartAsync();
        var source = new PatternStream(long.MaxValue);
        peers.Server.Map("Test/Download", () => (Stream)source);

        await using var reply = await peers.Channel.DownloadAsync("Test/Download", _cancellation.Token);
        var octets = reply.AsStream();
        await octets.ReadExactlyAsync(new byte[100_000]);
        await _cancellation.CancelAsync();

        await AssertMineAsync(octets.CopyToAsync(Stream.Null));
        await source.Disposed;
    }

    [Fact(Timeout = Hang)]
    public async Task Cancelling_after_the_end_changes_nothing()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (int number) => number);
        peers.Server.Map("Test/Count", () => Streams.CountAsync(3));

        var call = peers.Channel.CallAsync<int, int>("Test/Echo", 1, _cancellation.Token).AsTask();
        Assert.Equal(1, await call);
        var stream = await Streams.ToListAsync(peers.Channel.StreamAsync<int>("Test/Count", _cancellation.Token));
        await _cancellation.CancelAsync();

        Assert.Equal(3, stream.Count);
        Assert.Equal(2, await peers.Channel.CallAsync<int, int>("Test/Echo", 2));
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_that_does_not_listen_to_its_token_harms_nobody()
    {
        await using var peers = await StartAsync();
        var started = new Signal();
        var release = new Signal();
        var ended = new Signal();
        peers.Server.Map("Test/Deaf", async Task<int> () =>
        {
            started.Fire();
            await release.Fired;
            ended.Fire();
            return 1;
        });
        peers.Server.Map("Test/Echo", (int number) => number);

        var call = peers.Channel.CallAsync<int>("Test/Deaf", _cancellation.Token).AsTask();
        await started.Fired;
        await _cancellation.CancelAsync();
        await AssertMineAsync(call);
        release.Fire();
        await ended.Fired;

        for (var i = 0; i < 100; i++)
            Assert.Equal(i, await peers.Channel.CallAsync<int, int>("Test/Echo", i));
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_s_cancellation_is_a_status_and_not_my_token()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/GiveUp", Task () => throw new OperationCanceledException("The handler gave up."));

        var failure = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/GiveUp", _cancellation.Token));

        Assert.Equal(StatusCode.Cancelled, failure.Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_callback_of_the_handler_s_token_that_throws_harms_nobody()
    {
        await using var peers = await StartAsync();
        var started = new Signal();
        peers.Server.Map("Test/Hang", async (CancellationToken cancellationToken) =>
        {
            // For good: a handler that has been cancelled could take it back before its turn comes.
            _ = cancellationToken.Register(() => throw new InvalidOperationException("callback"));
            started.Fire();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        peers.Server.Map("Test/Echo", (int number) => number);

        var call = peers.Channel.CallAsync<Empty>("Test/Hang", _cancellation.Token).AsTask();
        await started.Fired;
        await _cancellation.CancelAsync();

        await AssertMineAsync(call);
        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Echo", 1));
    }

    public override void Dispose()
    {
        _cancellation.Dispose();
        base.Dispose();
    }

    private static (Signal Started, Signal Stopped) MapHanging(Peers peers)
    {
        var (started, stopped) = (new Signal(), new Signal());
        peers.Server.Map("Test/Hang", async (CancellationToken cancellationToken) =>
        {
            _ = cancellationToken.Register(stopped.Fire);
            started.Fire();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        return (started, stopped);
    }

    private static Signal MapEndless(Peers peers)
    {
        var stopped = new Signal();
        peers.Server.Map("Test/Endless", (CancellationToken cancellationToken) => EndlessAsync(cancellationToken));
        return stopped;

        async IAsyncEnumerable<int> EndlessAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
                    yield return i;
            }
            finally
            {
                stopped.Fire();
            }
        }
    }

    private async Task AssertMineAsync(Task call)
    {
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(_cancellation.Token, failure.CancellationToken);
    }

    private sealed class EndingStream
    {
        public Signal Ended { get; } = new();

        public async IAsyncEnumerable<int> OneThenNothingAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                yield return 1;
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            finally
            {
                Ended.Fire();
            }
        }
    }
}
