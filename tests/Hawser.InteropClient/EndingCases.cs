using System.Buffers;
using Google.Protobuf;

namespace Hawser.Interop.Client;

/// <summary>The cases about how calls end.</summary>
internal static class EndingCases
{
    private static readonly Method StreamingInputCall = new(TestService.StreamingInputCall, Body.Stream) { Codec = "proto" };
    private static readonly Method FullDuplexCall = new(TestService.FullDuplexCall, Body.Stream, Body.Stream) { Codec = "proto" };

    public static Task TimeoutOnSleepingServerAsync(HawserChannel channel)
    {
        var requests = System.Threading.Channels.Channel.CreateUnbounded<StreamingOutputCallRequest>();
        requests.Writer.TryWrite(new() { Payload = TestService.Zeros(Requests.RequestSizes[0]) });
        var options = new CallOptions { Timeout = TimeSpan.FromMilliseconds(1) };
        var responses = channel.StreamAsync<StreamingOutputCallRequest, StreamingOutputCallResponse>(TestService.FullDuplexCall, requests.Reader.ReadAllAsync(), options);
        return Expect.FailureAsync(() => Expect.ResponsesAsync(responses), StatusCode.DeadlineExceeded);
    }

    public static async Task CancelAfterBeginAsync(HawserChannel channel)
    {
        await using var call = await channel.StartAsync(StreamingInputCall, Requests.Options);
        call.Cancel();
        Expect.Equal("whether there is a response", await call.ReadAsync(), false);
        Expect.Status(call.Status, StatusCode.Cancelled);
    }

    public static async Task CancelAfterFirstResponseAsync(HawserChannel channel)
    {
        await using var call = await channel.StartAsync(FullDuplexCall, Requests.Options);
        await call.WriteAsync(new ReadOnlySequence<byte>(Requests.Duplex(Requests.RequestSizes[0], Requests.ResponseSizes[0]).ToByteArray()));
        Expect.Equal("whether there is a response", await call.ReadAsync(), true);
        Expect.Zeros(StreamingOutputCallResponse.Parser.ParseFrom(call.Message).Payload, Requests.ResponseSizes[0]);
        call.Cancel();
        Expect.Equal("whether there is another response", await call.ReadAsync(), false);
        Expect.Status(call.Status, StatusCode.Cancelled);
    }

    public static async Task StatusCodeAndMessageAsync(HawserChannel channel)
    {
        var wanted = new EchoStatus { Code = (int)StatusCode.Unknown, Message = "test status message" };
        await UnaryStatusAsync(channel, wanted);
        var requests = AsyncEnumerable.Repeat(new StreamingOutputCallRequest { ResponseStatus = wanted }, 1);
        var responses = channel.StreamAsync<StreamingOutputCallRequest, StreamingOutputCallResponse>(TestService.FullDuplexCall, requests, Requests.Options);
        await Expect.FailureAsync(() => Expect.ResponsesAsync(responses), StatusCode.Unknown, wanted.Message);
    }

    public static Task SpecialStatusMessageAsync(HawserChannel channel) =>
        UnaryStatusAsync(channel, new EchoStatus { Code = (int)StatusCode.Unknown, Message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n" });

    public static Task UnimplementedAsync(HawserChannel channel, string method) =>
        Expect.FailureAsync(async () => await channel.CallAsync<Empty, Empty>(method, new Empty(), Requests.Options), StatusCode.Unimplemented);

    private static Task UnaryStatusAsync(HawserChannel channel, EchoStatus wanted)
    {
        var request = new SimpleRequest { ResponseStatus = wanted };
        var call = async () => { await channel.CallAsync<SimpleRequest, SimpleResponse>(TestService.UnaryCall, request, Requests.Options); };
        return Expect.FailureAsync(call, (StatusCode)wanted.Code, wanted.Message);
    }
}
