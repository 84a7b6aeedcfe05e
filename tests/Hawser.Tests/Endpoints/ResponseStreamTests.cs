using System.Buffers;
using System.Text;
using System.Threading.Channels;

namespace Hawser.Tests.Endpoints;

public sealed class ResponseStreamTests
{
    private readonly EndpointRegistry registry = new(JsonCodec.Default);

    [Fact]
    public async Task What_is_ready_at_once_goes_out_together()
    {
        var call = await InvokeAsync(() => Ready(3));
        Assert.Equal([("0", WriteFlags.BufferHint), ("1", WriteFlags.BufferHint), ("2", WriteFlags.None)], call.Written);
        Assert.Equal(StatusCode.Ok, call.Status!.Code);
    }

    [Fact]
    public async Task Nothing_is_held_back_while_the_source_is_waited_for()
    {
        var source = Channel.CreateUnbounded<int>();
        source.Writer.TryWrite(0);
        source.Writer.TryWrite(1);
        var invoking = Start(() => source.Reader.ReadAllAsync(), out var call);

        Assert.False(invoking.IsCompleted);
        Assert.Equal([("0", WriteFlags.BufferHint), ("1", WriteFlags.None)], call.Written);
        source.Writer.TryWrite(2);
        source.Writer.Complete();
        await invoking;
        Assert.Equal(("2", WriteFlags.None), call.Written[2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Items_before_a_failure_are_delivered(bool throwsSynchronously)
    {
        var source = new FailingSource(2, throwsSynchronously);
        var invoking = Start(() => (IAsyncEnumerable<int>)source, out var call);

        Assert.Equal("source broke", (await Assert.ThrowsAsync<IOException>(() => invoking)).Message);
        Assert.Equal([("0", WriteFlags.BufferHint), ("1", WriteFlags.None)], call.Written);
        Assert.Equal(1, source.Disposals);
        Assert.Null(call.Status);
    }

    [Fact]
    public async Task A_source_may_use_its_bytes_again()
    {
        var call = await InvokeAsync(ReusedBytes);
        Assert.Equal(["a", "b", "c"], call.Written.Select(written => written.Text));
    }

    [Fact]
    public async Task Large_raw_messages_go_at_once()
    {
        var call = await InvokeAsync(() => LargeBytes());
        Assert.Equal([WriteFlags.None, WriteFlags.None], call.Written.Select(written => written.Flags));
    }

    [Fact]
    public async Task A_null_stream_is_an_internal_error()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => InvokeAsync(IAsyncEnumerable<int> () => null!));
        Assert.Equal("Internal: The handler of 'A/B' returned null instead of a IAsyncEnumerable<Int32>.", failure.Message);
    }

    [Fact]
    public async Task Borrowed_items_of_a_request_can_be_sent_back()
    {
        registry.Map("A/B", (IAsyncEnumerable<ReadOnlySequence<byte>> items) => items);
        var call = new RecordingServerCall(registry.Find("A/B")!.Method, "a"u8.ToArray(), "b"u8.ToArray());
        await registry.Find("A/B")!.InvokeAsync(call);
        Assert.Equal([("a", WriteFlags.BufferHint), ("b", WriteFlags.None)], call.Written);
    }

    [Fact]
    public async Task A_null_item_is_refused_where_the_handler_takes_none()
    {
        registry.Map("A/B", (IAsyncEnumerable<Word> items) => items);
        registry.Map("A/C", (IAsyncEnumerable<Word?> items) => items);
        var endpoint = registry.Find("A/B")!;
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await endpoint.InvokeAsync(new RecordingServerCall(endpoint.Method, "null"u8.ToArray())));
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        var call = new RecordingServerCall(registry.Find("A/C")!.Method, "null"u8.ToArray());
        await registry.Find("A/C")!.InvokeAsync(call);
        Assert.Equal("null", Assert.Single(call.Written).Text);
    }

    [Fact]
    public async Task Requests_heed_the_token_of_their_enumeration()
    {
        using var cancellation = new CancellationTokenSource();
        registry.Map("A/B", async Task (IAsyncEnumerable<Word> items) =>
        {
            await foreach (var _ in items.WithCancellation(cancellation.Token))
                await cancellation.CancelAsync();
        });
        var source = new WatchedWords(true, Task.FromResult(new Word("x")), new TaskCompletionSource<Word>().Task);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new MemoryInvoker(registry).CallAsync<Word, Empty>("A/B", source));
        Assert.Equal("Cancelled: The call of 'A/B' was cancelled.", failure.Message);
    }

    [Fact]
    public async Task Requests_can_be_enumerated_once()
    {
        registry.Map("A/B", async Task (IAsyncEnumerable<int> items) =>
        {
            await foreach (var _ in items)
                continue;
            await foreach (var _ in items)
                continue;
        });
        var call = new RecordingServerCall(registry.Find("A/B")!.Method, "1"u8.ToArray());
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await registry.Find("A/B")!.InvokeAsync(call));
        Assert.Contains("can be read once", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_end_with_their_call()
    {
        IAsyncEnumerator<int>? kept = null;
        registry.Map("A/B", void (IAsyncEnumerable<int> items) => kept = items.GetAsyncEnumerator());
        await registry.Find("A/B")!.InvokeAsync(new RecordingServerCall(registry.Find("A/B")!.Method, "1"u8.ToArray()));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await kept!.MoveNextAsync());
        Assert.Contains("has ended", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_in_JSON_allocate_nothing_each()
    {
        registry.Map("A/B", (int count) => Ready(count));
        var few = Measure("100");
        var many = Measure("10000");
        Assert.Equal(few, many);
    }

    private long Measure(string count)
    {
        var endpoint = registry.Find("A/B")!;
        var call = new RecordingServerCall(endpoint.Method, Encoding.ASCII.GetBytes(count)) { Keeps = false };
        var allocated = 0L;
        for (var i = 0; i < 100; i++)
        {
            call.Rewind();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var invoking = endpoint.InvokeAsync(call);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(invoking.IsCompletedSuccessfully);
        }

        return allocated;
    }

    private async Task<RecordingServerCall> InvokeAsync(Delegate handler)
    {
        await Start(handler, out var call);
        return call;
    }

    private Task Start(Delegate handler, out RecordingServerCall call)
    {
        registry.Map("A/B", handler);
        var endpoint = registry.Find("A/B")!;
        call = new RecordingServerCall(endpoint.Method);
        return endpoint.InvokeAsync(call).AsTask();
    }

#pragma warning disable CS1998 // These sources never wait: that is what they are for.
    private static async IAsyncEnumerable<int> Ready(int count)
    {
        for (var i = 0; i < count; i++)
            yield return i;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReusedBytes()
    {
        var bytes = new byte[1];
        for (var letter = 'a'; letter <= 'c'; letter++)
        {
            bytes[0] = (byte)letter;
            yield return bytes;
        }
    }

    private static async IAsyncEnumerable<byte[]> LargeBytes()
    {
        yield return new byte[100_000];
        yield return new byte[100_000];
    }
#pragma warning restore CS1998

    private sealed class FailingSource(int count, bool throwsSynchronously) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Disposals { get; private set; }

        public int Current { get; private set; } = -1;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync()
        {
            if (++Current < count)
                return new ValueTask<bool>(true);
            var failure = new IOException("source broke");
            return throwsSynchronously ? throw failure : ValueTask.FromException<bool>(failure);
        }

        public ValueTask DisposeAsync()
        {
            Disposals++;
            return default;
        }
    }
}
