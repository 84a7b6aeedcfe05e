namespace Hawser.Interop.Client;

/// <summary>The case about what travels beside messages.</summary>
internal static class MetadataCases
{
    private const string InitialValue = "test_initial_metadata_value";
    private static readonly byte[] TrailingValue = [0xAB, 0xAB, 0xAB];

    public static async Task CustomMetadataAsync(HawserChannel channel)
    {
        var unary = Echoed();
        await Requests.LargeUnaryAsync(channel, Requests.LargeUnary(), unary);
        ExpectEcho(unary.Result!);

        var duplex = Echoed();
        var requests = AsyncEnumerable.Repeat(Requests.Duplex(Requests.LargeRequest, Requests.LargeResponse), 1);
        var responses = channel.StreamAsync<StreamingOutputCallRequest, StreamingOutputCallResponse>(TestService.FullDuplexCall, requests, duplex);
        await Expect.ResponsesAsync(responses, Requests.LargeResponse);
        ExpectEcho(duplex.Result!);
    }

    private static CallOptions Echoed() => Requests.Options with
    {
        Metadata = new Metadata().Add(TestService.EchoInitial, InitialValue).Add(TestService.EchoTrailing, TrailingValue),
        Result = new CallResult(),
    };

    private static void ExpectEcho(CallResult result)
    {
        Expect.Equal("the echo among the headers", result.Headers[TestService.EchoInitial], InitialValue);
        var bytes = result.Trailers.FirstOrDefault(entry => entry.Key == TestService.EchoTrailing).Bytes;
        Expect.Equal("the echo among the trailers", Convert.ToHexString(bytes.Span), Convert.ToHexString(TrailingValue));
    }
}
