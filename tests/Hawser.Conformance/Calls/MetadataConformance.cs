namespace Hawser.Conformance.Calls;

/// <summary>Request metadata, response headers, trailers, and what a caller learns beside the reply.</summary>
public abstract class MetadataConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task Texts_bytes_and_repeated_keys_arrive_in_order()
    {
        await using var peers = await StartAsync();
        var seen = new TaskCompletionSource<Metadata>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Look", (CallContext call) => seen.SetResult(call.RequestMetadata));
        var bytes = Pattern.Bytes(300);
        var metadata = new Metadata().Add("a", "1").Add("B-key", "2").Add("a", "3").Add("x-bin", bytes).Add("empty", "").Add("empty-bin", ReadOnlyMemory<byte>.Empty);

        await peers.Channel.CallAsync<Empty>("Test/Look", new CallOptions { Metadata = metadata });

        var arrived = (await seen.Task).ToArray();
        if (Wire.KeepsMetadataInOrder)
            Assert.Equal(["a", "b-key", "a", "x-bin", "empty", "empty-bin"], arrived.Select(entry => entry.Key));

        // HTTP may join the values of one key, and keeps their order in any case.
        Assert.Equal(["a", "b-key", "empty", "empty-bin", "x-bin"], arrived.Select(entry => entry.Key).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal("1, 3", string.Join(", ", arrived.Where(entry => entry.Key == "a").Select(entry => entry.Value)));
        Assert.Equal(["2", ""], arrived.Where(entry => entry.Key is "b-key" or "empty").Select(entry => entry.Value).OrderDescending(StringComparer.Ordinal));
        Assert.Equal(bytes, arrived.Single(entry => entry.Key == "x-bin").Bytes.ToArray());
        Assert.Empty(arrived.Single(entry => entry.Key == "empty-bin").Bytes.ToArray());
    }

    [Fact(Timeout = Hang)]
    public async Task Metadata_of_one_call_is_not_seen_by_the_next()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Count", (CallContext call) => call.RequestMetadata.Count);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(1, await peers.Channel.CallAsync<int>("Test/Count", new CallOptions { Metadata = new Metadata().Add("a", "1") }));
            Assert.Equal(0, await peers.Channel.CallAsync<int>("Test/Count"));
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Headers_arrive_before_the_first_message()
    {
        await using var peers = await StartAsync();
        var release = new Signal();
        peers.Server.Map("Test/Stream", (CallContext call) => WithHeadersAsync(call, release.Fired));

        await using var call = await peers.Channel.StartAsync(new Method("Test/Stream", Body.Empty, Body.Stream));
        var headers = await call.ReadHeadersAsync();
        release.Fire();

        Assert.Equal("early", headers["when"]);
        Assert.True(await call.ReadAsync());
        Assert.False(await call.ReadAsync());
        Assert.Equal("late", call.Trailers["when"]);
    }

    [Fact(Timeout = Hang)]
    public async Task Headers_that_are_never_sent_are_empty_in_the_end()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Stream", () => Streams.CountAsync(3));

        await using var call = await peers.Channel.StartAsync(new Method("Test/Stream", Body.Empty, Body.Stream));
        while (await call.ReadAsync())
            continue;

        Assert.Empty(await call.ReadHeadersAsync());
        Assert.Empty(call.Trailers);
    }

    [Fact(Timeout = Hang)]
    public async Task A_result_is_filled_by_a_unary_call()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Unary", async Task<int> (CallContext call) =>
        {
            await call.WriteHeadersAsync(new Metadata().Add("when", "early"));
            call.Trailers.Add("when", "late").Add("bytes-bin", Pattern.Bytes(5));
            return 1;
        });
        var result = new CallResult();

        await peers.Channel.CallAsync<int>("Test/Unary", new CallOptions { Result = result });

        Assert.Equal("early", result.Headers["when"]);
        Assert.Equal("late", result.Trailers["when"]);
        Assert.Equal(Pattern.Bytes(5), result.Trailers.Last().Bytes.ToArray());
        Assert.True(result.Status is { IsOk: true });
    }

    [Fact(Timeout = Hang)]
    public async Task A_result_is_filled_by_a_stream()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Stream", (CallContext call) => WithHeadersAsync(call, Task.CompletedTask));
        var result = new CallResult();

        await Streams.ToListAsync(peers.Channel.StreamAsync<int>("Test/Stream", new CallOptions { Result = result }));

        Assert.Equal(("early", "late", StatusCode.Ok), (result.Headers["when"], result.Trailers["when"], result.Status?.Code));
    }

    [Fact(Timeout = Hang)]
    public async Task A_result_is_filled_by_octets_both_ways()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Exchange", async Task<Stream> (Stream octets, CallContext call) =>
        {
            await call.WriteHeadersAsync(new Metadata().Add("when", "early"));
            call.Trailers.Add("when", "late");
            return octets;
        });
        var result = new CallResult();

        await using var reply = await peers.Channel.ExchangeAsync("Test/Exchange", new PatternStream(100_000), new CallOptions { Result = result });
        await Pattern.ReadAsync(reply.AsStream());

        Assert.Equal(("early", "late", StatusCode.Ok), (result.Headers["when"], result.Trailers["when"], result.Status?.Code));
    }

    [Fact(Timeout = Hang)]
    public async Task Trailers_come_with_a_failure_too()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Throw", void () => throw new RpcException(new Status(StatusCode.NotFound, "gone"), new Metadata().Add("which", "thrown")));
        peers.Server.Map("Test/Add", Task (CallContext call) =>
        {
            call.Trailers.Add("which", "added");
            throw new RpcException(StatusCode.NotFound, "gone");
        });
        var result = new CallResult();

        var thrown = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Throw", new CallOptions { Result = result }));
        var added = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Add"));

        Assert.Equal("thrown", thrown.Trailers["which"]);
        Assert.Equal("thrown", result.Trailers["which"]);
        Assert.Equal(StatusCode.NotFound, result.Status?.Code);
        Assert.Equal("added", added.Trailers["which"]);
    }

    private static async IAsyncEnumerable<int> WithHeadersAsync(CallContext call, Task release)
    {
        await call.WriteHeadersAsync(new Metadata().Add("when", "early"));
        await release;
        call.Trailers.Add("when", "late");
        yield return 1;
    }
}
