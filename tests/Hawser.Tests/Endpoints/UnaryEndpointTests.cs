using System.Buffers;
using System.Text;

namespace Hawser.Tests.Endpoints;

public sealed class UnaryEndpointTests
{
    private readonly EndpointRegistry registry = new(JsonCodec.Default);

    [Fact]
    public async Task A_request_that_cannot_be_decoded_is_told_to_its_caller()
    {
        var failure = await FailAsync((Word word) => word, "{\"text\":3}"u8.ToArray());
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.StartsWith("A request of 'A/B' cannot be decoded: wrong JSON at $.text, line 1, byte ", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_null_is_refused_where_the_handler_takes_none()
    {
        var failure = await FailAsync((Word word) => word, "null"u8.ToArray());
        Assert.Equal("InvalidArgument: A request of 'A/B' cannot be decoded: it is null, which the method does not take.", failure.Message);
    }

    [Fact]
    public async Task A_null_reaches_a_handler_that_takes_it()
    {
        registry.Map("A/B", (Word? word) => word is null);
        var call = new RecordingServerCall(registry.Find("A/B")!.Method, "null"u8.ToArray());
        await registry.Find("A/B")!.InvokeAsync(call);
        Assert.Equal("true", Encoding.UTF8.GetString(call.Reply));
    }

    [Fact]
    public async Task A_missing_request_is_told()
    {
        var failure = await FailAsync((Word word) => word);
        Assert.Equal("InvalidArgument: 'A/B' takes one message, and none came.", failure.Message);
    }

    [Fact]
    public async Task A_second_request_is_refused_before_the_handler_runs()
    {
        var runs = 0;
        var failure = await FailAsync((Word word) => runs++, "{}"u8.ToArray(), "{}"u8.ToArray());
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Contains("a second one came", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task A_caller_with_another_codec_is_told_both_names()
    {
        registry.Map("A/B", (Word word) => word);
        var call = new RecordingServerCall(registry.Find("A/B")!.Method, "x"u8.ToArray()) { CodecName = "cbor" };
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await registry.Find("A/B")!.InvokeAsync(call));
        Assert.Equal("InvalidArgument: 'A/B' speaks the codec 'json', and the call came in 'cbor'; give the caller's channel the codec 'json'.", failure.Message);
    }

    [Fact]
    public async Task Raw_bytes_are_taken_whatever_codec_the_caller_speaks()
    {
        registry.Map("A/B", (byte[] bytes) => bytes);
        var call = new RecordingServerCall(registry.Find("A/B")!.Method, "x"u8.ToArray()) { CodecName = "cbor" };
        await registry.Find("A/B")!.InvokeAsync(call);
        Assert.Equal("x", Encoding.UTF8.GetString(call.Reply));
    }

    [Fact]
    public async Task A_handler_that_asks_for_no_token_costs_none()
    {
        registry.Map("A/B", (Word word) => word);
        var call = new RecordingServerCall(registry.Find("A/B")!.Method, "{}"u8.ToArray());
        await registry.Find("A/B")!.InvokeAsync(call);
        Assert.False(call.AskedForToken);
    }

    [Fact]
    public async Task A_null_task_is_an_internal_error()
    {
        Task<Word>? none = null;
        var failure = await FailAsync(() => none!);
        Assert.Equal(StatusCode.Internal, failure.Code);
    }

    [Fact]
    public void A_raw_call_allocates_nothing()
    {
        registry.Map("A/B", (ReadOnlyMemory<byte> bytes) => bytes);
        AssertNoAllocation(new RecordingServerCall(registry.Find("A/B")!.Method, "12345678"u8.ToArray()) { Keeps = false });
    }

    [Fact]
    public void A_raw_call_by_ValueTask_allocates_nothing()
    {
        registry.Map("A/B", (ReadOnlySequence<byte> bytes) => new ValueTask<ReadOnlySequence<byte>>(bytes));
        AssertNoAllocation(new RecordingServerCall(registry.Find("A/B")!.Method, "12345678"u8.ToArray()) { Keeps = false });
    }

    [Fact]
    public void A_number_in_JSON_allocates_nothing()
    {
        registry.Map("A/B", (int number) => number + 1);
        AssertNoAllocation(new RecordingServerCall(registry.Find("A/B")!.Method, "41"u8.ToArray()) { Keeps = false });
    }

    [Fact]
    public void Schemas_describe_both_messages()
    {
        registry.Map("A/B", (Word word) => new byte[1]);
        var (request, response) = registry.Find("A/B")!.GetSchemas();
        Assert.Contains("\"text\"", request, StringComparison.Ordinal);
        Assert.Equal("""{"type":"string","contentEncoding":"binary"}""", response);
        Assert.Equal(typeof(Word), registry.Find("A/B")!.RequestType);
    }

    private void AssertNoAllocation(RecordingServerCall call)
    {
        var endpoint = registry.Find("A/B")!;
        Repeat(endpoint, call, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(endpoint, call, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Repeat(Endpoint endpoint, RecordingServerCall call, int times)
    {
        for (var i = 0; i < times; i++)
        {
            call.Rewind();
            var answered = endpoint.InvokeAsync(call);
            if (!answered.IsCompletedSuccessfully)
                Assert.Fail("The call did not complete at once.");
        }
    }

    private async Task<RpcException> FailAsync(Delegate handler, params byte[][] requests)
    {
        registry.Map("A/B", handler);
        var endpoint = registry.Find("A/B")!;
        return await Assert.ThrowsAsync<RpcException>(async () => await endpoint.InvokeAsync(new RecordingServerCall(endpoint.Method, requests)));
    }
}
