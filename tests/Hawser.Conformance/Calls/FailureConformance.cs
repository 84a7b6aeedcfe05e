namespace Hawser.Conformance.Calls;

/// <summary>Handlers that fail, methods that are called wrongly, and user code that blocks.</summary>
public abstract class FailureConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_handler_throws_is_told_only_when_the_server_says_so(bool exposes)
    {
        await using var peers = await StartAsync(new PeerSettings { ExposesExceptionDetails = exposes });
        peers.Server.Map("Test/Throw", void () => throw new InvalidOperationException("the password is hunter2"));

        var failure = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Throw"));

        Assert.Equal(StatusCode.Unknown, failure.Code);
        Assert.Contains("Test/Throw", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(exposes, failure.Status.Text.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact(Timeout = Hang)]
    public async Task A_stream_whose_handler_throws_gives_what_came_before()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Count", () => FailAfterAsync(1000));

        var seen = 0;
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var number in peers.Channel.StreamAsync<int>("Test/Count"))
                Assert.Equal(seen++, number);
        });

        Assert.Equal(1000, seen);
        Assert.Equal((StatusCode.DataLoss, "torn"), (failure.Code, failure.Status.Text));
    }

    [Fact(Timeout = Hang)]
    public async Task A_wrong_kind_and_an_unknown_method_are_named()
    {
        Assert.SkipUnless(Wire.TellsKinds, "Callers do not say the kind on this wire.");
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Unary", (int number) => number);
        peers.Server.Map("Test/Stream", () => Streams.CountAsync(3));

        var streamed = await FailureOfAsync(Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/Unary", 1)));
        var unary = await FailureOfAsync(peers.Channel.CallAsync<int>("Test/Stream"));
        var unknown = await FailureOfAsync(peers.Channel.CallAsync<int>("Test/Nothing"));

        Assert.All([streamed, unary, unknown], failure => Assert.Equal((StatusCode.Unimplemented, true), (failure.Code, failure.NotRun)));
        Assert.Contains("server streaming", unary.Status.Text, StringComparison.Ordinal);
        Assert.Contains("unary", streamed.Status.Text, StringComparison.Ordinal);
        Assert.Contains("Test/Nothing", unknown.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_body_that_cannot_be_decoded_is_the_caller_s_fault()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Number", (int number) => number);
        peers.Server.Map("Test/Numbers", async (IAsyncEnumerable<int> numbers) => await numbers.CountAsync());

        var unary = await FailureOfAsync(peers.Channel.CallAsync<string, int>("Test/Number", "no number"));
        var streamed = await FailureOfAsync(peers.Channel.CallAsync<string, int>("Test/Numbers", Streams.Of("no number")));

        Assert.Equal(StatusCode.InvalidArgument, unary.Code);
        Assert.Equal(StatusCode.InvalidArgument, streamed.Code);
        Assert.Equal(3, await peers.Channel.CallAsync<int, int>("Test/Number", 3));
    }

    [Fact(Timeout = Hang)]
    public async Task An_endpoint_that_returns_without_finishing_ends_its_call()
    {
        await using var peers = await StartAsync();
        peers.Server.Endpoints.Add(new Silent(new Method("Test/Silent")));
        peers.Server.Endpoints.Add(new Silent(new Method("Test/SilentStream", Body.Stream, Body.Stream)));

        var unary = await FailureOfAsync(peers.Channel.CallAsync<int, int>("Test/Silent", 1));
        var stream = await FailureOfAsync(Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/SilentStream", Streams.CountAsync(3))));

        Assert.Equal(StatusCode.Internal, unary.Code);
        Assert.Equal(StatusCode.Internal, stream.Code);
    }

    [Fact(Timeout = Hang)]
    public async Task Handlers_that_block_do_not_stop_the_other_calls_of_their_connection()
    {
        await using var peers = await StartAsync();
        var release = new Signal();
        var blocked = new CountdownEvent(Environment.ProcessorCount + 2);
        peers.Server.Map("Test/Block", () =>
        {
            blocked.Signal();
            release.Fired.Wait();
        });
        peers.Server.Map("Test/Echo", (int number) => number);

        var blocking = Enumerable.Range(0, blocked.InitialCount).Select(_ => peers.Channel.CallAsync<Empty>("Test/Block").AsTask()).ToArray();
        try
        {
            for (var i = 0; i < 50; i++)
                Assert.Equal(i, await peers.Channel.CallAsync<int, int>("Test/Echo", i));
            await Task.Run(blocked.Wait);
            Assert.Equal(99, await peers.Channel.CallAsync<int, int>("Test/Echo", 99));
        }
        finally
        {
            release.Fire();
        }

        await Task.WhenAll(blocking);
    }

    [Fact(Timeout = Hang)]
    public async Task A_continuation_that_blocks_on_another_call_of_the_channel_does_not_deadlock()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (int number) => number);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            var first = await peers.Channel.CallAsync<int, int>("Test/Echo", number).ConfigureAwait(false);
            return peers.Channel.CallAsync<int, int>("Test/Echo", first + 1).AsTask().GetAwaiter().GetResult();
        }));

        Assert.Equal(Enumerable.Range(1, 8), numbers);
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_that_blocks_on_calling_back_does_not_deadlock()
    {
        Assert.SkipUnless(Wire.CallsBack, "Servers cannot call on this wire.");
        await using var peers = await StartAsync();
        peers.Channel.Endpoints.Map("Caller/Echo", (int number) => number);
        peers.Server.Map("Test/CallBack", (int number, CallContext call) =>
            call.Connection.CallAsync<int, int>("Caller/Echo", number).AsTask().GetAwaiter().GetResult());

        Assert.Equal(5, await peers.Channel.CallAsync<int, int>("Test/CallBack", 5));
    }

    private static async IAsyncEnumerable<int> FailAfterAsync(int count)
    {
        for (var i = 0; i < count; i++)
            yield return i;
        await Task.Yield();
        throw new RpcException(StatusCode.DataLoss, "torn");
    }

    private sealed class Silent(Method method) : Endpoint(method)
    {
        public override ValueTask InvokeAsync(ServerCall call) => default;
    }
}
