namespace Hawser.Interop.Server;

/// <summary>The methods that do not look at compression, as ordinary handlers: what they send is compressed for whoever accepts it.</summary>
internal static class TestServiceHandlers
{
    public static void MapTo(HawserServer server)
    {
        server.Map(TestService.EmptyCall, (Empty _) => new Empty());
        server.Map(TestService.FullDuplexCall, FullDuplexCall);
    }

    private static async IAsyncEnumerable<StreamingOutputCallResponse> FullDuplexCall(IAsyncEnumerable<StreamingOutputCallRequest> requests, CallContext call)
    {
        if (EchoedMetadata.Headers(call.RequestMetadata) is { } headers)
            await call.WriteHeadersAsync(headers);
        EchoedMetadata.AddTrailers(call.RequestMetadata, call.Trailers);
        await foreach (var request in requests)
        {
            if (request.ResponseStatus is { } status)
                throw new RpcException((StatusCode)status.Code, status.Message);
            foreach (var wanted in request.ResponseParameters)
            {
                await Interval.PassAsync(wanted, call.CancellationToken);
                yield return new() { Payload = TestService.Zeros(wanted.Size) };
            }
        }
    }
}
