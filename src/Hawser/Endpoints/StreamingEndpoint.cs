namespace Hawser;

/// <summary>A handler with a stream or octets on either side.</summary>
internal sealed class StreamingEndpoint<TRequest, TResult>(
    HandlerDescription description,
    Handler<TRequest, TResult> handler,
    RequestReader<TRequest> reader,
    ResponseWriter<TResult> writer) : HandlerEndpoint(description)
{
    public override async ValueTask InvokeAsync(ServerCall call)
    {
        CheckCodec(call);
        var context = WantsContext ? new CallContext(call) : null;
        try
        {
            var request = await reader.ReadAsync(call).ConfigureAwait(false);
            try
            {
                var result = await handler(request, call, context).ConfigureAwait(false);
                await writer.WriteAsync(call, result, context).ConfigureAwait(false);
            }
            finally
            {
                reader.Release(request);
            }
        }
        catch (RpcException failure) when (HandlerTrailers.Belong(context, failure))
        {
            throw HandlerTrailers.Attach(context, failure);
        }
    }
}
