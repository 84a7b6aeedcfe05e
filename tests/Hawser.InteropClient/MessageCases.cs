namespace Hawser.Interop.Client;

/// <summary>The cases about messages of all four kinds of call.</summary>
internal static class MessageCases
{
    public static async Task EmptyUnaryAsync(HawserChannel channel) =>
        await channel.CallAsync<Empty, Empty>(TestService.EmptyCall, new Empty(), Requests.Options);

    public static Task LargeUnaryAsync(HawserChannel channel) => Requests.LargeUnaryAsync(channel, Requests.LargeUnary(), Requests.Options);

    public static async Task ClientStreamingAsync(HawserChannel channel)
    {
        var requests = Requests.RequestSizes.Select(size => new StreamingInputCallRequest { Payload = TestService.Zeros(size) }).ToAsyncEnumerable();
        var response = await channel.CallAsync<StreamingInputCallRequest, StreamingInputCallResponse>(TestService.StreamingInputCall, requests, Requests.Options);
        Expect.Equal("the server's count of bytes", response.AggregatedPayloadSize, 74922);
    }

    public static Task ServerStreamingAsync(HawserChannel channel)
    {
        var request = new StreamingOutputCallRequest();
        request.ResponseParameters.AddRange(Requests.ResponseSizes.Select(size => new ResponseParameters { Size = size }));
        var responses = channel.StreamAsync<StreamingOutputCallRequest, StreamingOutputCallResponse>(TestService.StreamingOutputCall, request, Requests.Options);
        return Expect.ResponsesAsync(responses, Requests.ResponseSizes);
    }

    public static async Task PingPongAsync(HawserChannel channel)
    {
        var requests = System.Threading.Channels.Channel.CreateUnbounded<StreamingOutputCallRequest>();
        await using var responses = FullDuplex(channel, requests.Reader.ReadAllAsync()).GetAsyncEnumerator();
        foreach (var (requestSize, responseSize) in Requests.RequestSizes.Zip(Requests.ResponseSizes))
        {
            requests.Writer.TryWrite(Requests.Duplex(requestSize, responseSize));
            Expect.Equal("whether there is another response", await responses.MoveNextAsync(), true);
            Expect.Zeros(responses.Current.Payload, responseSize);
        }

        requests.Writer.Complete();
        Expect.Equal("whether there is a response too many", await responses.MoveNextAsync(), false);
    }

    public static Task EmptyStreamAsync(HawserChannel channel) =>
        Expect.ResponsesAsync(FullDuplex(channel, AsyncEnumerable.Empty<StreamingOutputCallRequest>()));

    private static IAsyncEnumerable<StreamingOutputCallResponse> FullDuplex(HawserChannel channel, IAsyncEnumerable<StreamingOutputCallRequest> requests) =>
        channel.StreamAsync<StreamingOutputCallRequest, StreamingOutputCallResponse>(TestService.FullDuplexCall, requests, Requests.Options);
}
