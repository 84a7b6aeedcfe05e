using System.Buffers;
using Hawser.Tests.Endpoints;

namespace Hawser.Tests.Channels;

public sealed class UnaryCallTests
{
    private static readonly byte[] Payload = "12345678"u8.ToArray();

    private readonly EchoInvoker invoker = new();

    [Fact]
    public async Task A_typed_reply_comes_back()
    {
        var call = invoker.CallAsync<Word, Word>("A/B", new("hi"));
        Assert.False(call.IsCompleted);
        invoker.Answer();
        Assert.Equal("hi", (await call).Text);
    }

    [Fact]
    public async Task A_method_is_the_same_object_in_every_call()
    {
        var first = await MethodOf(() => invoker.CallAsync<Word, Word>("A/B", new("x")));
        var second = await MethodOf(() => invoker.CallAsync<Word, Word>("A/B", new("y")));
        var other = await MethodOf(() => invoker.CallAsync<string, string>("A/B", "z"));
        Assert.Same(first, second);
        Assert.NotSame(first, other);
    }

    [Fact]
    public async Task Ever_new_names_do_not_fill_the_memory()
    {
        for (var i = 0; i < 5000; i++)
            await MethodOf(() => invoker.CallAsync<string, string>($"A/M{i}", "x"));
        Assert.Same(await MethodOf(() => invoker.CallAsync<string, string>("A/M0", "x")), await MethodOf(() => invoker.CallAsync<string, string>("A/M0", "x")));
        Assert.NotSame(await MethodOf(() => invoker.CallAsync<string, string>("A/M4999", "x")), await MethodOf(() => invoker.CallAsync<string, string>("A/M4999", "x")));
    }

    [Fact]
    public async Task A_failure_carries_status_trailers_and_whether_it_ran()
    {
        var result = new CallResult();
        var call = invoker.CallAsync<Word>("A/B", new CallOptions { Result = result });
        invoker.Fail(new Status(StatusCode.Unavailable, "gone"), notRun: true);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.True(failure.NotRun);
        Assert.Equal("because", failure.Trailers["why"]);
        Assert.Equal(StatusCode.Unavailable, result.Status!.Code);
        Assert.Equal("because", result.Trailers["why"]);
    }

    [Fact]
    public async Task My_cancellation_comes_back_as_my_token_s()
    {
        using var source = new CancellationTokenSource();
        var call = invoker.CallAsync<Word>("A/B", source.Token);
        await source.CancelAsync();
        invoker.Fail(new Status(StatusCode.Cancelled, "cancelled"));
        var failure = await Assert.ThrowsAsync<OperationCanceledException>(async () => await call);
        Assert.Equal(source.Token, failure.CancellationToken);
    }

    [Fact]
    public async Task The_server_s_cancellation_is_a_status()
    {
        var call = invoker.CallAsync<Word>("A/B");
        invoker.Fail(new Status(StatusCode.Cancelled, "cancelled"));
        await Assert.ThrowsAsync<RpcException>(async () => await call);
    }

    [Fact]
    public async Task A_deadline_is_a_status()
    {
        var call = invoker.CallAsync<Word>("A/B");
        invoker.Fail(new Status(StatusCode.DeadlineExceeded, "late"));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(async () => await call)).Code);
    }

    [Fact]
    public async Task A_reply_that_cannot_be_decoded_is_told()
    {
        var call = invoker.CallAsync<string, int>("A/B", "x");
        invoker.Answer();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.StartsWith("Internal: A reply of 'A/B' cannot be decoded as Int32: wrong JSON at $, line 1, byte ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_reply_is_told()
    {
        var call = invoker.CallAsync<Word>("A/B");
        invoker.Answer();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal("Internal: 'A/B' ended well but sent no reply, where a Word is expected; call it with the reply type Empty if it has none.", failure.Message);
    }

    [Fact]
    public async Task A_raw_reply_belongs_to_its_caller()
    {
        var first = invoker.CallAsync<byte[], ReadOnlySequence<byte>>("A/B", [1]);
        invoker.Answer();
        var reply = await first;
        var second = invoker.CallAsync<byte[], byte[]>("A/B", [2]);
        invoker.Answer();
        await second;
        Assert.Equal(1, reply.FirstSpan[0]);
    }

    [Fact]
    public async Task A_task_is_awaited_once()
    {
        var call = invoker.CallAsync<byte[], byte[]>("A/B", Payload);
        invoker.Answer();
        await call;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await call);
    }

    [Fact]
    public async Task Every_reply_belongs_to_its_request()
    {
        var registry = new EndpointRegistry(JsonCodec.Default);
        registry.Map("A/B", (int number) => number);
        var memory = new MemoryInvoker(registry);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
                Assert.Equal((caller * 1000) + i, await memory.CallAsync<int, int>("A/B", (caller * 1000) + i));
        })));
    }

    [Fact]
    public void A_raw_call_allocates_its_reply_s_array_and_nothing_else()
    {
        Repeat(200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(1000);
        var perArray = 24 + Payload.Length;
        Assert.Equal(1000 * perArray, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Many_calls_in_flight_do_not_grow_the_pool_without_bound()
    {
        // Every reply is given back once it has been awaited; what the pool has no room for is left to the collector.
        var replies = Enumerable.Range(0, 20_000).Select(_ => UnaryReply<long>.Rent(new ClientMethod<Empty, long>(JsonCodec.Default, "A/B", default), default)).ToList();
        Assert.Equal(replies.Count, replies.Distinct().Count());
        foreach (var reply in replies)
            UnaryReplyPool<long>.Put(reply);
        var kept = 0;
        while (UnaryReplyPool<long>.TryTake() is not null)
            kept++;
        Assert.InRange(kept, 64, 64 * 129);
    }

    private void Repeat(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var call = invoker.CallAsync<byte[], byte[]>("A/B", Payload);
            invoker.Answer();
            if (!call.IsCompletedSuccessfully || call.Result.Length != Payload.Length)
                Assert.Fail("The call did not complete.");
        }
    }

    private async Task<Method?> MethodOf<T>(Func<ValueTask<T>> start)
    {
        var call = start();
        invoker.Answer();
        await call;
        return invoker.Method;
    }
}
