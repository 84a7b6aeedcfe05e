namespace Hawser.Conformance.Calls;

/// <summary>Interceptors on both sides see every call, in order, and may change or refuse it.</summary>
public abstract class InterceptorConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task Interceptors_run_in_order_on_both_sides()
    {
        var log = new List<string>();
        await using var peers = await StartAsync(new PeerSettings
        {
            ChannelInterceptors = [new Noting("client 1", log), new Noting("client 2", log)],
            ServerInterceptors = [new Noting("server 1", log), new Noting("server 2", log)],
        });
        peers.Server.Map("Test/Echo", (int number) => number);

        Assert.Equal(5, await peers.Channel.CallAsync<int, int>("Test/Echo", 5));

        Assert.Equal(["client 1", "client 2", "server 1", "server 2"], log);
    }

    [Fact(Timeout = Hang)]
    public async Task An_intercepted_channel_makes_every_kind_of_call()
    {
        var log = new List<string>();
        await using var peers = await StartAsync(new PeerSettings { ChannelInterceptors = [new Noting("seen", log)] });
        var told = new Signal();
        peers.Server.Map("Test/Unary", (int number) => number);
        peers.Server.Map("Test/Count", (int to) => Streams.CountAsync(to));
        peers.Server.Map("Test/Sum", async (IAsyncEnumerable<int> numbers) => (await Streams.ToListAsync(numbers)).Sum());
        peers.Server.Map("Test/Echo", (IAsyncEnumerable<int> numbers) => numbers);
        peers.Server.Map("Test/Exchange", (Stream octets) => octets);
        peers.Server.Endpoints.MapOneWay("Test/Tell", (int number) => told.Fire());

        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Unary", 1));
        Assert.Equal(10, (await Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/Count", 10))).Count);
        Assert.Equal(45, await peers.Channel.CallAsync<int, int>("Test/Sum", Streams.CountAsync(10)));
        Assert.Equal(10, (await Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/Echo", Streams.CountAsync(10)))).Count);
        await using var reply = await peers.Channel.ExchangeAsync("Test/Exchange", new PatternStream(200_000));
        Assert.Equal(200_000, await Pattern.ReadAsync(reply.AsStream()));
        await peers.Channel.NotifyAsync("Test/Tell", 1);
        await told.Fired;

        Assert.Equal(6, log.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task An_intercepted_call_has_its_metadata_deadline_cancellation_and_result()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelInterceptors = [new AddingToken()] });
        peers.Server.Map("Test/Token", (CallContext call) =>
        {
            call.Trailers.Add("late", "t");
            return call.RequestMetadata["token"];
        });
        var started = new Signal();
        peers.Server.Map("Test/Hang", async (CancellationToken cancellationToken) =>
        {
            started.Fire();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        var result = new CallResult();
        using var cancellation = new CancellationTokenSource();

        Assert.Equal("secret", await peers.Channel.CallAsync<string>("Test/Token", new CallOptions { Result = result }));
        var hanging = peers.Channel.CallAsync<Empty>("Test/Hang", cancellation.Token).AsTask();
        await started.Fired;
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);

        Assert.Equal("t", result.Trailers["late"]);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        Assert.Equal(StatusCode.Unimplemented, (await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Unknown"))).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_interceptor_refuses_with_a_status_and_nothing_runs()
    {
        await using var peers = await StartAsync(new PeerSettings { ServerInterceptors = [new Refusing()] });
        peers.Server.Map("Test/Unary", void () => Assert.Fail("It ran."));
        peers.Server.Map("Test/Octets", void (Stream octets) => Assert.Fail("It ran."));

        var unary = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Unary"));
        var octets = await FailureOfAsync(peers.Channel.UploadAsync<Empty>("Test/Octets", new PatternStream(long.MaxValue)));

        Assert.Equal((StatusCode.Unauthenticated, "Who are you?"), (unary.Code, unary.Status.Text));
        Assert.Equal((StatusCode.Unauthenticated, "Who are you?"), (octets.Code, octets.Status.Text));
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_interceptor_refuses_and_nothing_is_sent()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelInterceptors = [new Refusing()] });
        var source = new PatternStream(10);

        var unary = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Unary"));
        var octets = await FailureOfAsync(peers.Channel.UploadAsync<Empty>("Test/Octets", source));

        Assert.Equal(StatusCode.Unauthenticated, unary.Code);
        Assert.Equal(StatusCode.Unauthenticated, octets.Code);
        await source.Disposed;
        Assert.Empty(peers.ChannelTransport.Links);
    }

    private sealed class Noting(string name, List<string> log) : IClientInterceptor, IServerInterceptor
    {
        public ValueTask<ClientCall> StartAsync(Method method, CallOptions options, ClientCallStarter next)
        {
            lock (log)
                log.Add(name);
            return next(method, options);
        }

        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next)
        {
            lock (log)
                log.Add(name);
            return next(call);
        }
    }

    private sealed class AddingToken : IClientInterceptor
    {
        public ValueTask<ClientCall> StartAsync(Method method, CallOptions options, ClientCallStarter next) =>
            next(method, options with { Metadata = new Metadata().Add("token", "secret") });
    }

    private sealed class Refusing : IClientInterceptor, IServerInterceptor
    {
        public ValueTask<ClientCall> StartAsync(Method method, CallOptions options, ClientCallStarter next) =>
            throw new RpcException(StatusCode.Unauthenticated, "Who are you?");

        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next) =>
            throw new RpcException(StatusCode.Unauthenticated, "Who are you?");
    }
}
