namespace Hawser.Interop.Server;

internal sealed class StreamingInputCallEndpoint() : CompressionEndpoint(new Method(TestService.StreamingInputCall, Body.Stream))
{
    public override Type? RequestType => typeof(StreamingInputCallRequest);

    public override Type? ResponseType => typeof(StreamingInputCallResponse);

    public override async ValueTask InvokeAsync(ServerCall call)
    {
        var response = new StreamingInputCallResponse();
        while (await call.ReadAsync())
        {
            var request = StreamingInputCallRequest.Parser.ParseFrom(call.Message);
            CheckCompression(call, request.ExpectCompressed);
            response.AggregatedPayloadSize += request.Payload?.Body.Length ?? 0;
        }

        await WriteAsync(call, response, compressed: null);
        await call.FinishAsync(Status.Ok);
    }
}
