namespace Hawser.Interop.Server;

internal sealed class UnaryCallEndpoint() : CompressionEndpoint(new Method(TestService.UnaryCall))
{
    public override Type? RequestType => typeof(SimpleRequest);

    public override Type? ResponseType => typeof(SimpleResponse);

    public override async ValueTask InvokeAsync(ServerCall call)
    {
        if (!await call.ReadAsync())
            throw new RpcException(StatusCode.InvalidArgument, "The request has no message.");
        var request = SimpleRequest.Parser.ParseFrom(call.Message);
        if (EchoedMetadata.Headers(call.RequestMetadata) is { } headers)
            await call.WriteHeadersAsync(headers);
        CheckCompression(call, request.ExpectCompressed);
        if (request.ResponseStatus is { } status)
            throw new RpcException((StatusCode)status.Code, status.Message);

        await WriteAsync(call, new SimpleResponse { Payload = TestService.Zeros(request.ResponseSize) }, request.ResponseCompressed);
        var trailers = new Metadata();
        EchoedMetadata.AddTrailers(call.RequestMetadata, trailers);
        await call.FinishAsync(Status.Ok, trailers);
    }
}
