namespace Hawser.Conformance.Calls;

/// <summary>Either side calls: a handler calls back the side that called it, over the same connection.</summary>
public abstract class CallbackConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task A_handler_calls_its_caller_and_awaits_the_answer()
    {
        await using var peers = await StartAsync();
        peers.Channel.Endpoints.Map("Caller/Name", () => "Ada");
        peers.Server.Map("Test/Greet", async Task<string> (CallContext call) => $"Hello, {await call.Connection.CallAsync<string>("Caller/Name")}!");

        Assert.Equal("Hello, Ada!", await peers.Channel.CallAsync<string>("Test/Greet"));
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_nest_both_ways_as_deep_as_one_likes()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Down", (int depth, CallContext call) => DescendAsync(depth, call, "Test/Down"));
        peers.Channel.Endpoints.Map("Test/Down", (int depth, CallContext call) => DescendAsync(depth, call, "Test/Down"));

        Assert.Equal(100, await peers.Channel.CallAsync<int, int>("Test/Down", 100));
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_calls_its_caller_from_within_streams_both_ways()
    {
        await using var peers = await StartAsync();
        peers.Channel.Endpoints.Map("Caller/Double", (int number) => 2 * number);
        peers.Server.Map("Test/DoubleAll", (IAsyncEnumerable<int> numbers, CallContext call) => DoubleAllAsync(numbers, call.Connection));

        var doubled = await Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/DoubleAll", Streams.CountAsync(200)));

        Assert.Equal(Enumerable.Range(0, 200).Select(number => 2 * number), doubled);
    }

    [Fact(Timeout = Hang)]
    public async Task The_server_streams_from_and_to_its_client()
    {
        await using var peers = await StartAsync();
        peers.Channel.Endpoints.Map("Caller/Count", (int to) => Streams.CountAsync(to));
        peers.Channel.Endpoints.Map("Caller/Exchange", (Stream octets) => octets);
        peers.Channel.Endpoints.Map("Caller/Sum", async (IAsyncEnumerable<int> numbers) => (await Streams.ToListAsync(numbers)).Sum());
        peers.Server.Map("Test/UseCaller", async Task<int[]> (CallContext call) =>
        {
            var count = (await Streams.ToListAsync(call.Connection.StreamAsync<int, int>("Caller/Count", 1000))).Count;
            var sum = await call.Connection.CallAsync<int, int>("Caller/Sum", Streams.CountAsync(101));
            await using var reply = await call.Connection.ExchangeAsync("Caller/Exchange", new PatternStream(500_000));
            var octets = (int)await Pattern.ReadAsync(reply.AsStream());
            return [count, sum, octets];
        });

        var results = await peers.Channel.CallAsync<int[]>("Test/UseCaller");

        Assert.Equal([1000, 5050, 500_000], results);
    }

    [Fact(Timeout = Hang)]
    public async Task The_server_calls_without_having_been_called()
    {
        await using var peers = await StartAsync();
        peers.Channel.Endpoints.Map("Caller/Echo", (string text) => text);
        await peers.Channel.OpenAsync();
        await EventuallyAsync(() => peers.Server.Connections.Count == 1);

        var connection = Assert.Single(peers.Server.Connections);

        Assert.Equal("hi", await connection.CallAsync<string, string>("Caller/Echo", "hi"));
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_that_outlives_its_connection_is_told_so_when_it_calls_back()
    {
        await using var peers = await StartAsync();
        var connected = new Signal();
        var lost = new Signal();
        var failure = new TaskCompletionSource<RpcException>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/CallBackLater", async Task (CallContext call) =>
        {
            var connection = call.Connection;
            await using var registration = connection.Closed.Register(lost.Fire);
            connected.Fire();
            await lost.Fired;
            failure.SetResult(await FailureOfAsync(connection.CallAsync<string>("Caller/Name")));
        });

        var call = peers.Channel.CallAsync<Empty>("Test/CallBackLater").AsTask();
        await connected.Fired;
        await peers.CutAsync();

        Assert.Equal(StatusCode.Unavailable, (await failure.Task).Code);
        Assert.True((await failure.Task).NotRun);
        Assert.Equal(StatusCode.Unavailable, (await FailureOfAsync(call)).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task Both_sides_call_each_other_at_once()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (byte[] message) => message);
        peers.Channel.Endpoints.Map("Test/Echo", (byte[] message) => message);
        await peers.Channel.OpenAsync();
        await EventuallyAsync(() => peers.Server.Connections.Count == 1);
        var connection = peers.Server.Connections.Single();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            CallInvoker invoker = caller % 2 == 0 ? peers.Channel : connection;
            for (var i = 0; i < 100; i++)
            {
                var message = Pattern.Bytes(i * 100, caller);
                Assert.Equal(message, await invoker.CallAsync<byte[], byte[]>("Test/Echo", message));
            }
        })));
    }

    private static async Task<int> DescendAsync(int depth, CallContext call, string method) =>
        depth == 0 ? 0 : 1 + await call.Connection.CallAsync<int, int>(method, depth - 1);

    private static async IAsyncEnumerable<int> DoubleAllAsync(IAsyncEnumerable<int> numbers, Connection caller)
    {
        await foreach (var number in numbers)
            yield return await caller.CallAsync<int, int>("Caller/Double", number);
    }
}
