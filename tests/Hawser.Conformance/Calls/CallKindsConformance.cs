namespace Hawser.Conformance.Calls;

/// <summary>Calls of every kind, with their bodies, metadata and status.</summary>
public abstract class CallKindsConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task Unary()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Double", (int number) => 2 * number);

        Assert.Equal(42, await peers.Channel.CallAsync<int, int>("Test/Double", 21));
    }

    [Fact(Timeout = Hang)]
    public async Task Unary_without_request_or_reply()
    {
        await using var peers = await StartAsync();
        var ran = new Signal();
        peers.Server.Map("Test/Run", ran.Fire);

        await peers.Channel.CallAsync<Empty>("Test/Run");

        Assert.True(ran.HasFired);
    }

    [Fact(Timeout = Hang)]
    public async Task Server_streaming()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Count", (int to) => Streams.CountAsync(to));

        Assert.Equal(Enumerable.Range(0, 5000), await Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/Count", 5000)));
        Assert.Empty(await Streams.ToListAsync(peers.Channel.StreamAsync<int, int>("Test/Count", 0)));
    }

    [Fact(Timeout = Hang)]
    public async Task Client_streaming()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Sum", async (IAsyncEnumerable<int> numbers) => (await Streams.ToListAsync(numbers)).Sum());

        Assert.Equal(4999 * 2500, await peers.Channel.CallAsync<int, int>("Test/Sum", Streams.CountAsync(5000)));
        Assert.Equal(0, await peers.Channel.CallAsync<int, int>("Test/Sum", Streams.CountAsync(0)));
    }

    [Fact(Timeout = Hang)]
    public async Task Duplex_with_each_side_at_its_own_pace()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Pairs", (IAsyncEnumerable<int> numbers) => PairsAsync(numbers));

        var pairs = await Streams.ToListAsync(peers.Channel.StreamAsync<int, string>("Test/Pairs", Streams.CountAsync(1001)));

        Assert.Equal(501, pairs.Count);
        Assert.Equal(["0+1", "2+3"], pairs[..2]);
        Assert.Equal("1000", pairs[^1]);
    }

    [Fact(Timeout = Hang)]
    public async Task Duplex_replies_may_come_before_the_first_request()
    {
        await using var peers = await StartAsync();
        var greeted = new Signal();
        peers.Server.Map("Test/Greet", (IAsyncEnumerable<string> words) => GreetAsync(words));

        var heard = new List<string>();
        await foreach (var word in peers.Channel.StreamAsync<string, string>("Test/Greet", AfterGreetingAsync()))
        {
            heard.Add(word);
            greeted.Fire();
        }

        Assert.Equal(["hello", "you said: hi"], heard);

        async IAsyncEnumerable<string> AfterGreetingAsync()
        {
            await greeted.Fired;
            yield return "hi";
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Every_one_way_call_runs_once()
    {
        await using var peers = await StartAsync();
        var heard = System.Threading.Channels.Channel.CreateUnbounded<int>();
        peers.Server.Endpoints.MapOneWay("Test/Tell", (int number) => Assert.True(heard.Writer.TryWrite(number)));

        for (var i = 0; i < 1000; i++)
            await peers.Channel.NotifyAsync("Test/Tell", i);

        var numbers = new HashSet<int>();
        while (numbers.Count < 1000)
            Assert.True(numbers.Add(await heard.Reader.ReadAsync()));
    }

    [Fact(Timeout = Hang)]
    public async Task A_one_way_call_of_nothing_that_exists_harms_nobody()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (int number) => number);

        await peers.Channel.NotifyAsync("Test/Unknown", 1);
        await peers.Channel.NotifyAsync("Test/Echo", 1);

        Assert.Equal(2, await peers.Channel.CallAsync<int, int>("Test/Echo", 2));
    }

    [Fact(Timeout = Hang)]
    public async Task Messages_and_octets_of_one_call_by_hand()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Exchange", (byte[] message, Stream octets) => (message, octets));

        await using var call = await peers.Channel.StartAsync(new Method("Test/Exchange", Body.MessageAndOctets, Body.MessageAndOctets));
        Assert.True(await call.WriteAsync(new System.Buffers.ReadOnlySequence<byte>([1, 2, 3])));
        await call.RequestOctets.WriteAsync(Pattern.Bytes(100));
        await call.RequestOctets.CompleteAsync();

        Assert.True(await call.ReadAsync());
        Assert.Equal([1, 2, 3], call.Message.FirstSpan.ToArray());
        Assert.Equal(100, await Pattern.ReadAsync(call.ResponseOctets.AsStream()));
        Assert.True(call.Status is { IsOk: true });
    }

    [Fact(Timeout = Hang)]
    public async Task Writing_to_a_call_that_has_ended_says_so_and_throws_nothing()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Refuse", IAsyncEnumerable<int> (IAsyncEnumerable<int> numbers) => throw new RpcException(StatusCode.Aborted, "no"));

        await using var call = await peers.Channel.StartAsync(new Method("Test/Refuse", Body.Stream, Body.Stream));
        Assert.False(await call.ReadAsync());

        Assert.False(await call.WriteAsync(new System.Buffers.ReadOnlySequence<byte>("1"u8.ToArray())));
        await call.CompleteAsync();
        Assert.Equal(StatusCode.Aborted, call.Status!.Code);
    }

    [Fact(Timeout = Hang)]
    public async Task Every_status_code_comes_back_with_text_and_details()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Fail", void (int code) => throw new RpcException(new Status((StatusCode)code, $"text {code} äöü", Pattern.Bytes(code))));

        for (var code = 1; code <= 16; code++)
        {
            var failure = await FailureOfAsync(peers.Channel.CallAsync<int, Empty>("Test/Fail", code));
            Assert.Equal((StatusCode)code, failure.Code);
            Assert.Equal($"text {code} äöü", failure.Status.Text);
            Assert.Equal(Pattern.Bytes(code), failure.Status.Details.ToArray());
        }
    }

    private static async IAsyncEnumerable<string> PairsAsync(IAsyncEnumerable<int> numbers)
    {
        int? first = null;
        await foreach (var number in numbers)
        {
            if (first is null)
            {
                first = number;
                continue;
            }

            yield return $"{first}+{number}";
            first = null;
        }

        if (first is not null)
            yield return $"{first}";
    }

    private static async IAsyncEnumerable<string> GreetAsync(IAsyncEnumerable<string> words)
    {
        yield return "hello";
        await foreach (var word in words)
            yield return $"you said: {word}";
    }
}
