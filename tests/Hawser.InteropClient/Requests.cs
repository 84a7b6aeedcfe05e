namespace Hawser.Interop.Client;

/// <summary>The sizes that the cases fix, and the requests made of them.</summary>
internal static class Requests
{
    public const int LargeRequest = 271828;
    public const int LargeResponse = 314159;

    /// <summary>No case takes that long, unless a server does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static CallOptions Options => new() { Timeout = Patience };

    public static int[] RequestSizes { get; } = [27182, 8, 1828, 45904];

    public static int[] ResponseSizes { get; } = [31415, 9, 2653, 58979];

    public static SimpleRequest LargeUnary() => new() { ResponseSize = LargeResponse, Payload = TestService.Zeros(LargeRequest) };

    public static StreamingOutputCallRequest Duplex(int requestSize, int responseSize) =>
        new() { Payload = TestService.Zeros(requestSize), ResponseParameters = { new ResponseParameters { Size = responseSize } } };

    public static async Task LargeUnaryAsync(HawserChannel channel, SimpleRequest request, CallOptions options)
    {
        var response = await channel.CallAsync<SimpleRequest, SimpleResponse>(TestService.UnaryCall, request, options);
        Expect.Zeros(response.Payload, LargeResponse);
    }
}
