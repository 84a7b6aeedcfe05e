using System.Buffers;
using Google.Protobuf;

namespace Hawser.Interop.Client;

/// <summary>The cases about compression, on calls whose messages are bytes: only there is seen, and chosen for each, what is compressed.</summary>
internal static class CompressionCases
{
    private static readonly Method UnaryCall = new(TestService.UnaryCall) { Codec = "proto" };
    private static readonly Method StreamingInputCall = new(TestService.StreamingInputCall, Body.Stream) { Codec = "proto" };
    private static readonly Method StreamingOutputCall = new(TestService.StreamingOutputCall, Body.Message, Body.Stream) { Codec = "proto" };

    public static async Task ClientUnaryAsync(HawserChannel compressing, bool probe)
    {
        var request = Requests.LargeUnary();
        request.ExpectCompressed = new BoolValue { Value = true };
        if (probe)
            await Expect.FailureAsync(() => CallAsync(WriteFlags.NoCompress), StatusCode.InvalidArgument);
        await CallAsync(WriteFlags.None);
        request.ExpectCompressed.Value = false;
        await CallAsync(WriteFlags.NoCompress);

        async Task CallAsync(WriteFlags flags)
        {
            await using var call = await compressing.StartAsync(UnaryCall, Requests.Options);
            await WriteAsync(call, request, flags);
            Expect.Zeros(SimpleResponse.Parser.ParseFrom(await ReadOnlyAsync(call)).Payload, Requests.LargeResponse);
        }
    }

    public static async Task ClientStreamingAsync(HawserChannel compressing, bool probe)
    {
        var compressed = new StreamingInputCallRequest { Payload = TestService.Zeros(27182), ExpectCompressed = new BoolValue { Value = true } };
        var plain = new StreamingInputCallRequest { Payload = TestService.Zeros(45904), ExpectCompressed = new BoolValue() };
        if (probe)
            await Expect.FailureAsync(() => CallAsync((compressed, WriteFlags.NoCompress)), StatusCode.InvalidArgument);
        var size = await CallAsync((compressed, WriteFlags.None), (plain, WriteFlags.NoCompress));
        Expect.Equal("the server's count of bytes", size, 73086);

        async Task<int> CallAsync(params (StreamingInputCallRequest Message, WriteFlags Flags)[] requests)
        {
            await using var call = await compressing.StartAsync(StreamingInputCall, Requests.Options);
            foreach (var (message, flags) in requests)
                await WriteAsync(call, message, flags);
            return StreamingInputCallResponse.Parser.ParseFrom(await ReadOnlyAsync(call)).AggregatedPayloadSize;
        }
    }

    public static async Task ServerUnaryAsync(HawserChannel channel)
    {
        foreach (var compressed in new[] { true, false })
        {
            var request = Requests.LargeUnary();
            request.ResponseCompressed = new BoolValue { Value = compressed };
            await using var call = await channel.StartAsync(UnaryCall, Requests.Options);
            await WriteAsync(call, request, WriteFlags.None);
            var response = await ReadOnlyAsync(call, compressed);
            Expect.Zeros(SimpleResponse.Parser.ParseFrom(response).Payload, Requests.LargeResponse);
        }
    }

    public static async Task ServerStreamingAsync(HawserChannel channel)
    {
        var request = new StreamingOutputCallRequest
        {
            ResponseParameters =
            {
                new ResponseParameters { Size = 31415, Compressed = new BoolValue { Value = true } },
                new ResponseParameters { Size = 92653, Compressed = new BoolValue { Value = false } },
            },
        };
        await using var call = await channel.StartAsync(StreamingOutputCall, Requests.Options);
        await WriteAsync(call, request, WriteFlags.None);
        await call.CompleteAsync();
        foreach (var wanted in request.ResponseParameters)
        {
            await ReadAsync(call);
            Expect.Equal("whether a response was compressed", call.IsMessageCompressed, wanted.Compressed.Value);
            Expect.Zeros(StreamingOutputCallResponse.Parser.ParseFrom(call.Message).Payload, wanted.Size);
        }

        await ExpectEndAsync(call);
    }

    // That the call has ended is all that writing can tell; why, reading says.
    private static async Task WriteAsync(ClientCall call, IMessage message, WriteFlags flags) =>
        await call.WriteAsync(new ReadOnlySequence<byte>(message.ToByteArray()), flags);

    /// <summary>Reads the one response of a call, and its end.</summary>
    private static async Task<byte[]> ReadOnlyAsync(ClientCall call, bool? compressed = null)
    {
        await call.CompleteAsync();
        await ReadAsync(call);
        if (compressed is { } wanted)
            Expect.Equal("whether the response was compressed", call.IsMessageCompressed, wanted);
        var response = call.Message.ToArray();
        await ExpectEndAsync(call);
        return response;
    }

    private static async Task ReadAsync(ClientCall call)
    {
        if (await call.ReadAsync())
            return;
        if (call.Status is { IsOk: false } status)
            throw new RpcException(status);
        throw new CaseFailedException("there was a response too few");
    }

    private static async Task ExpectEndAsync(ClientCall call)
    {
        Expect.Equal("whether there is a response too many", await call.ReadAsync(), false);
        Expect.Status(call.Status, StatusCode.Ok);
    }
}
