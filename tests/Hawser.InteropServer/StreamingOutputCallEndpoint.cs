namespace Hawser.Interop.Server;

internal sealed class StreamingOutputCallEndpoint() : CompressionEndpoint(new Method(TestService.StreamingOutputCall, Body.Message, Body.Stream))
{
    public override Type? RequestType => typeof(StreamingOutputCallRequest);

    public override Type? ResponseType => typeof(StreamingOutputCallResponse);

    public override async ValueTask InvokeAsync(ServerCall call)
    {
        if (!await call.ReadAsync())
            throw new RpcException(StatusCode.InvalidArgument, "The request has no message.");
        foreach (var wanted in StreamingOutputCallRequest.Parser.ParseFrom(call.Message).ResponseParameters)
        {
            await Interval.PassAsync(wanted, call.CancellationToken);
            await WriteAsync(call, new StreamingOutputCallResponse { Payload = TestService.Zeros(wanted.Size) }, wanted.Compressed);
        }

        await call.FinishAsync(Status.Ok);
    }
}
