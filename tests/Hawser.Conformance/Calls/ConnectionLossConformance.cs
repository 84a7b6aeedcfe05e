using System.Runtime.CompilerServices;

namespace Hawser.Conformance.Calls;

/// <summary>The link is lost, in every phase of a call: a status that says whether the call may have run, and a new connection for the next.</summary>
public abstract class ConnectionLossConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task A_unary_call_that_runs_may_have_run_and_its_handler_is_told()
    {
        await using var peers = await StartAsync();
        var started = new Signal();
        var stopped = new Signal();
        peers.Server.Map("Test/Hang", async (CancellationToken cancellationToken) =>
        {
            _ = cancellationToken.Register(stopped.Fire);
            started.Fire();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });

        var call = peers.Channel.CallAsync<Empty>("Test/Hang").AsTask();
        await started.Fired;
        await peers.CutAsync();

        AssertMayHaveRun(await FailureOfAsync(call));
        await stopped.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_still_waits_for_its_turn_is_made_on_the_next_connection()
    {
        Assert.SkipUnless(Wire.HasOwnFlowControl, "HTTP/2 clients send waiting calls over the next connection instead.");
        await using var peers = await StartAsync(new PeerSettings { ServerLimits = new ConnectionLimits { MaxCallsInFlight = 1 } });
        var started = new Signal();
        var release = new Signal();
        peers.Server.Map("Test/Wait", async () =>
        {
            started.Fire();
            await release.Fired;
        });

        peers.Server.Map("Test/Upload", async Task<long> (Stream octets) => await Pattern.ReadAsync(octets));

        var running = peers.Channel.CallAsync<Empty>("Test/Wait").AsTask();
        await started.Fired;
        var unary = peers.Channel.CallAsync<Empty>("Test/Wait").AsTask();
        var upload = peers.Channel.UploadAsync<long>("Test/Upload", new PatternStream(10)).AsTask();
        await peers.CutAsync();

        AssertMayHaveRun(await FailureOfAsync(running));
        release.Fire();
        await unary;
        Assert.Equal(10, await upload);
    }

    [Fact(Timeout = Hang)]
    public async Task A_stream_that_is_resumed_gives_every_reply_once_and_in_order_over_many_connections()
    {
        await using var peers = await StartAsync();
        var asked = 0;
        peers.Server.Map("Test/After", (int after, CancellationToken cancellationToken) =>
        {
            asked++;
            return UpToTenAsync(after, cancellationToken);
        });
        var got = new List<int>();

        await foreach (var number in peers.Channel.ResumeAsync<int, int>("Test/After", 0, static last => last))
        {
            got.Add(number);
            if (number == 50)
                break;
            if (number % 10 == 0)
                await peers.CutAsync();
        }

        Assert.Equal(Enumerable.Range(1, 50), got);
        Assert.Equal(5, asked);
    }

    [Fact(Timeout = Hang)]
    public async Task Streams_end_both_ways_on_both_sides()
    {
        await using var peers = await StartAsync();
        var seen = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Echo", (IAsyncEnumerable<int> numbers) => EchoAsync(numbers, seen));

        await using var replies = peers.Channel.StreamAsync<int, int>("Test/Echo", Streams.Of(1, 2).Concat(Streams.NeverAsync())).GetAsyncEnumerator();
        Assert.True(await replies.MoveNextAsync());
        Assert.True(await replies.MoveNextAsync());
        var next = replies.MoveNextAsync().AsTask();
        await peers.CutAsync();

        AssertMayHaveRun(await FailureOfAsync(next));
        Assert.IsType<RpcException>(await seen.Task);
    }

    [Fact(Timeout = Hang)]
    public async Task Octets_end_both_ways_on_both_sides()
    {
        await using var peers = await StartAsync();
        var seen = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Exchange", async (Stream octets, System.IO.Pipelines.PipeWriter output) =>
        {
            // The reply may arrive, and the link be cut for it, before the write is over here.
            seen.SetResult(await Record.ExceptionAsync(async () =>
            {
                await octets.ReadExactlyAsync(new byte[1000]);
                await output.WriteAsync(new byte[1000]);
                await octets.CopyToAsync(Stream.Null);
            }));
        });
        var source = new PatternStream(1001) { Gate = position => position < 1000 ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan) };

        var reply = await peers.Channel.ExchangeAsync("Test/Exchange", new LimitedReadStream(source, 1000));
        var octets = reply.AsStream();
        await octets.ReadExactlyAsync(new byte[1000]);
        await peers.CutAsync();

        AssertMayHaveRun(await FailureOfAsync(octets.CopyToAsync(Stream.Null)));
        Assert.IsType<RpcException>(await seen.Task);
        await reply.DisposeAsync();
        await source.Disposed;
    }

    [Fact(Timeout = Hang)]
    public async Task The_next_call_connects_again()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (int number) => number);
        peers.Server.Map("Test/Count", () => Streams.CountAsync(10));

        for (var i = 0; i < 5; i++)
        {
            var connection = await peers.Channel.OpenAsync();
            Assert.Equal(i, await peers.Channel.CallAsync<int, int>("Test/Echo", i));
            Assert.Equal(10, (await Streams.ToListAsync(peers.Channel.StreamAsync<int>("Test/Count"))).Count);
            var closed = new Signal();
            await using var registration = connection.Closed.Register(closed.Fire);
            await peers.CutAsync();
            await closed.Fired;
        }

        // After the last cut the channel may have connected by itself.
        Assert.InRange(peers.ChannelTransport.Links.Count, 5, 6);
        await peers.Channel.DisposeAsync();
        await EventuallyAsync(() => peers.Server.Connections.Count == 0);
    }

    [Fact(Timeout = Hang)]
    public async Task Where_nobody_listens_a_call_was_not_run()
    {
        await using var peers = await StartAsync();
        await peers.Server.DisposeAsync();

        AssertNotRun(await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Echo")));
        AssertNotRun(await FailureOfAsync(peers.Channel.UploadAsync<Empty>("Test/Upload", new PatternStream(10))));
    }

    [Fact(Timeout = Hang)]
    public async Task Many_calls_in_flight_all_end()
    {
        await using var peers = await StartAsync();
        var started = new CountdownEvent(200);
        peers.Server.Map("Test/Hang", async (CancellationToken cancellationToken) =>
        {
            started.Signal();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });

        var calls = Enumerable.Range(0, 200).Select(_ => peers.Channel.CallAsync<Empty>("Test/Hang").AsTask()).ToArray();
        await EventuallyAsync(() => started.IsSet);
        await peers.CutAsync();

        foreach (var call in calls)
            AssertMayHaveRun(await FailureOfAsync(call));
    }

    /// <summary>What follows a number up to the next ten, and then nothing more, without an end.</summary>
    private static async IAsyncEnumerable<int> UpToTenAsync(int after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
            yield return ++after;
        while (after % 10 != 0);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private static async IAsyncEnumerable<int> EchoAsync(IAsyncEnumerable<int> numbers, TaskCompletionSource<Exception?> seen)
    {
        await using var source = numbers.GetAsyncEnumerator();
        while (true)
        {
            try
            {
                if (!await source.MoveNextAsync())
                    yield break;
            }
            catch (RpcException failure)
            {
                seen.SetResult(failure);
                throw;
            }

            yield return source.Current;
        }
    }

    private static void AssertMayHaveRun(RpcException failure)
    {
        Assert.Equal((StatusCode.Unavailable, false), (failure.Code, failure.NotRun));
        Assert.Contains("may have run", failure.Status.Text, StringComparison.Ordinal);
    }

    private static void AssertNotRun(RpcException failure)
    {
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("was not run", failure.Status.Text, StringComparison.Ordinal);
    }
}
