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
    public async Task A_server_interceptor_hands_things_to_the_handler_of_every_kind_of_call()
    {
        await using var peers = await StartAsync(new PeerSettings { ServerInterceptors = [new NamingCaller(), new Greeting()] });
        var told = new TaskCompletionSource<string>();
        peers.Server.Map("Test/Unary", (CallContext call) => call.Items.GetRequired<string>());
        peers.Server.Map("Test/Stream", (CallContext call) => Streams.Of(call.Items.GetRequired<string>(), call.Items.GetRequired<Caller>().Name));
        peers.Server.Map("Test/Octets", async (Stream octets, CallContext call) => $"{call.Items.GetRequired<string>()}, {await Pattern.ReadAsync(octets)}");
        peers.Server.Endpoints.MapOneWay("Test/Tell", (CallContext call) => told.SetResult(call.Items.GetRequired<string>()));
        var ann = new CallOptions { Metadata = new Metadata().Add("user", "ann") };

        Assert.Equal("hello ann", await peers.Channel.CallAsync<string>("Test/Unary", ann));
        Assert.Equal(["hello ann", "ann"], await Streams.ToListAsync(peers.Channel.StreamAsync<string>("Test/Stream", ann)));
        Assert.Equal("hello ann, 1000", await peers.Channel.UploadAsync<string>("Test/Octets", new PatternStream(1000), ann));
        await peers.Channel.NotifyAsync("Test/Tell", ann);
        Assert.Equal("hello ann", await told.Task);
    }

    [Fact(Timeout = Hang)]
    public async Task A_calls_items_are_seen_by_no_other_call()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Remember", (int number, CallContext call) =>
        {
            var before = call.Items.Get<string>();
            call.Items.Set($"{number}");
            return before is null && call.Items.Remove<string>() && call.Items.Get<string>() is null;
        });
        peers.Server.Map("Test/Keep", (CallContext call) =>
        {
            var isFirst = call.Items.Get<object>() is null;
            call.Items.Set(new object());
            return isFirst;
        });
        peers.Server.Map("Test/Require", (CallContext call) => call.Items.GetRequired<string>());

        for (var number = 0; number < 100; number++)
        {
            Assert.True(await peers.Channel.CallAsync<int, bool>("Test/Remember", number));
            Assert.True(await peers.Channel.CallAsync<bool>("Test/Keep"));
        }

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => peers.Channel.CallAsync<bool>("Test/Keep").AsTask())), Assert.True);
        Assert.NotEqual(StatusCode.Ok, (await FailureOfAsync(peers.Channel.CallAsync<string>("Test/Require"))).Code);
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

    private sealed record Caller(string Name);

    private sealed class NamingCaller : IServerInterceptor
    {
        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next)
        {
            call.Items.Set(new Caller(call.RequestMetadata["user"]!));
            return next(call);
        }
    }

    private sealed class Greeting : IServerInterceptor
    {
        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next)
        {
            call.Items.Set($"hello {call.Items.GetRequired<Caller>().Name}");
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
