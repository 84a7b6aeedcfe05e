using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Shutdown is bounded, drained, and tells the other side; disposing is idempotent and safe from any thread.</summary>
public abstract class ShutdownConformance(WireUnderTest wire) : CallConformance(wire)
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact(Timeout = Hang)]
    public async Task Stopping_lets_calls_in_flight_finish()
    {
        await using var peers = await StartAsync();
        var (started, release) = MapWaiting(peers.Server);
        peers.Server.Map("Test/Upload", (Stream octets) => Pattern.ReadAsync(octets));
        var source = new PatternStream(300_000) { Gate = position => position == 0 ? Task.CompletedTask : release.Fired };

        var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        await started.Fired;
        var upload = peers.Channel.UploadAsync<long>("Test/Upload", source).AsTask();
        await EventuallyAsync(() => peers.Server.Connections.Single().GetStatistics().CallsInFlight == 2);
        var stopping = peers.Server.StopAsync(Long);
        Assert.False(stopping.IsCompleted);
        release.Fire();

        Assert.Equal("done", await call);
        Assert.Equal(300_000, await upload);
        await stopping;
    }

    [Fact(Timeout = Hang)]
    public async Task Stopping_may_take_as_long_as_the_calls_do()
    {
        await using var peers = await StartAsync();
        var (started, release) = MapWaiting(peers.Server);
        var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        await started.Fired;

        var stopping = peers.Server.StopAsync(TimeSpan.MaxValue);
        release.Fire();

        Assert.Equal("done", await call);
        await stopping;
    }

    [Fact(Timeout = Hang)]
    public async Task Stopping_refuses_new_calls_as_not_run()
    {
        await using var peers = await StartAsync();
        var (started, release) = MapWaiting(peers.Server);
        var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        await started.Fired;
        peers.Server.Map("Test/Quick", () => { });
        var connection = await peers.Channel.OpenAsync();

        var stopping = peers.Server.StopAsync(Long);
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            // Calls are taken until the server has begun to stop.
            while (!stopping.IsCompleted)
                await connection.CallAsync<Empty>("Test/Quick");
        });
        release.Fire();

        Assert.Equal((StatusCode.Unavailable, true), (refused.Code, refused.NotRun));
        Assert.Equal("done", await call);
        await stopping;
    }

    [Fact(Timeout = Hang)]
    public async Task Stopping_resets_after_the_deadline_what_has_not_finished()
    {
        var time = new ManualTimeProvider();
        await using var peers = await StartAsync(new PeerSettings { ServerTime = time });
        var (started, _) = MapWaiting(peers.Server);
        var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        await started.Fired;

        var stopping = peers.Server.StopAsync(TimeSpan.FromSeconds(10));
        Assert.False(stopping.IsCompleted);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), () => stopping.IsCompleted);

        Assert.Equal((StatusCode.Unavailable, false), (await FailureOfAsync(call)) is var failure ? (failure.Code, failure.NotRun) : default);
        await stopping;
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_amid_a_stop_are_answered_or_refused_as_not_run()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", async Task<int> (int number) =>
        {
            await Task.Yield();
            return number;
        });
        await peers.Channel.OpenAsync();
        var answered = 0;

        var callers = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    Assert.Equal(7, await peers.Channel.CallAsync<int, int>("Test/Echo", 7));
                    Interlocked.Increment(ref answered);
                }
            }
            catch (RpcException failure)
            {
                Assert.Equal(StatusCode.Unavailable, failure.Code);

                // Over HTTP/2 a request may be on its way when the server lets go of the connection; then nobody can say, and "not run" is not said.
                if (Wire.HasOwnFlowControl)
                    Assert.True(failure.NotRun);
            }
        })).ToArray();
        await EventuallyAsync(() => Volatile.Read(ref answered) > 100);
        await peers.Server.StopAsync(Long);

        await Task.WhenAll(callers);
    }

    [Fact(Timeout = Hang)]
    public async Task After_going_away_the_next_call_uses_a_new_connection()
    {
        await using var peers = await StartAsync();
        var (started, release) = MapWaiting(peers.Server);
        var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        await started.Fired;

        var stopping = peers.Server.StopAsync(Long);
        await EventuallyAsync(() => peers.Server.Addresses.Count == 0);
        await using var successor = await peers.StartAnotherServerAsync();
        successor.Map("Test/Who", () => "the successor");
        var answer = await EventuallyAnsweredAsync(() => peers.Channel.CallAsync<string>("Test/Who"));
        Assert.False(call.IsCompleted);
        release.Fire();

        Assert.Equal("the successor", answer);
        Assert.Equal("done", await call);
        await stopping;
    }

    [Fact(Timeout = Hang)]
    public async Task Disposing_is_idempotent_and_safe_from_any_thread()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var peers = await StartAsync();
            var (started, release) = MapWaiting(peers.Server);
            var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
            await started.Fired;

            await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
            {
                if (index % 2 == 0)
                    await peers.Channel.DisposeAsync();
                else
                    await peers.Server.DisposeAsync();
            })));

            Assert.Equal(StatusCode.Unavailable, (await FailureOfAsync(call)).Code);
            release.Fire();
        }
    }

    [Theory(Timeout = Hang)]
    [InlineData("server")]
    [InlineData("channel")]
    public async Task Disposing_ends_the_calls_in_flight(string side)
    {
        await using var peers = await StartAsync();
        var (started, release) = MapWaiting(peers.Server);
        peers.Server.Map("Test/Upload", (Stream octets) => Pattern.ReadAsync(octets));
        var call = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        await started.Fired;
        var source = new PatternStream(long.MaxValue);
        var upload = peers.Channel.UploadAsync<long>("Test/Upload", source).AsTask();
        await EventuallyAsync(() => source.Taken > 0);

        await (side == "server" ? peers.Server.DisposeAsync() : peers.Channel.DisposeAsync());

        Assert.Equal(StatusCode.Unavailable, (await FailureOfAsync(call)).Code);
        Assert.Equal(StatusCode.Unavailable, (await FailureOfAsync(upload)).Code);
        await source.Disposed;
        release.Fire();
    }

    [Theory(Timeout = Hang)]
    [InlineData("unary")]
    [InlineData("upload")]
    public async Task A_disposed_channel_refuses_calls(string kind)
    {
        await using var peers = await StartAsync();
        await peers.Channel.DisposeAsync();

        var failure = await FailureOfAsync(kind == "unary"
            ? peers.Channel.CallAsync<Empty>("Test/Echo")
            : peers.Channel.UploadAsync<Empty>("Test/Upload", new PatternStream(10)));

        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
    }

    private static (Signal Started, Signal Release) MapWaiting(HawserServer server)
    {
        var (started, release) = (new Signal(), new Signal());
        server.Map("Test/Wait", async Task<string> () =>
        {
            started.Fire();
            await release.Fired;
            return "done";
        });
        return (started, release);
    }

    private static async Task<T> EventuallyAnsweredAsync<T>(Func<ValueTask<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException failure) when (failure.NotRun)
            {
                // Not run, so that it may be called again: the connection to the old server has not been left yet.
                await Task.Yield();
            }
        }
    }
}
