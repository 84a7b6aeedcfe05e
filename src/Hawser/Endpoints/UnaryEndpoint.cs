using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>At most one message each way: the commonest call and the hottest way. While nothing has to be waited for, no state machine runs and nothing is allocated.</summary>
/// <remarks>
/// A handler that takes no request is not told of one that came. A second message is refused before the handler runs, except where the request is
/// borrowed: asking for another message would take the first one away.
/// </remarks>
internal sealed class UnaryEndpoint<TRequest, TReply>(
    HandlerDescription description,
    Handler<TRequest, TReply> handler,
    MessageCodec<TRequest> requestCodec,
    MessageCodec<TReply> replyCodec) : HandlerEndpoint(description)
{
    private readonly RequestDecoder<TRequest> decoder = new(description.Signature, requestCodec);

    public override ValueTask InvokeAsync(ServerCall call)
    {
        CheckCodec(call);
        if (typeof(TRequest) == typeof(Empty))
            return Handle(default!, call);
        var read = call.ReadAsync();
        return read.IsCompletedSuccessfully ? Receive(read.Result, call) : AwaitMessage(read, call);
    }

    private ValueTask Receive(bool found, ServerCall call)
    {
        if (!found)
            decoder.ThrowMissing();
        var request = decoder.Decode(call);
        if (requestCodec.Borrows)
            return Handle(request, call);
        var next = call.ReadAsync();
        if (!next.IsCompletedSuccessfully)
            return AwaitEnd(next, request, call);
        if (next.Result)
            decoder.ThrowSecond();
        return Handle(request, call);
    }

    private ValueTask Handle(TRequest request, ServerCall call)
    {
        if (WantsContext)
            return HandleWithContext(request, call);
        var result = handler(request, call, null);
        return result.IsCompletedSuccessfully ? Reply(result.Result, call) : AwaitReply(result, call);
    }

    private ValueTask Reply(TReply reply, ServerCall call)
    {
        if (typeof(TReply) == typeof(Empty))
            return call.FinishAsync(Status.Ok);
        if (replyCodec.TryGetBytes(reply, out var bytes))
            return call.FinishAsync(bytes);
        var buffer = MessageBuffer.Rent();
        replyCodec.Encode(reply, buffer);
        var sent = call.FinishAsync(buffer.Written);
        if (!sent.IsCompletedSuccessfully)
            return AwaitSent(sent, buffer);
        sent.GetAwaiter().GetResult();
        buffer.Return();
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitMessage(ValueTask<bool> read, ServerCall call) =>
        await Receive(await read.ConfigureAwait(false), call).ConfigureAwait(false);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitEnd(ValueTask<bool> read, TRequest request, ServerCall call)
    {
        if (await read.ConfigureAwait(false))
            decoder.ThrowSecond();
        await Handle(request, call).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitReply(ValueTask<TReply> result, ServerCall call) =>
        await Reply(await result.ConfigureAwait(false), call).ConfigureAwait(false);

    private static async ValueTask AwaitSent(ValueTask sent, MessageBuffer buffer)
    {
        await sent.ConfigureAwait(false);
        buffer.Return();
    }

    private async ValueTask HandleWithContext(TRequest request, ServerCall call)
    {
        var context = new CallContext(call);
        try
        {
            var reply = await handler(request, call, context).ConfigureAwait(false);
            if (context.Trailers.Count == 0)
            {
                await Reply(reply, call).ConfigureAwait(false);
                return;
            }

            await MessageWriter.WriteAsync(call, replyCodec, reply, WriteFlags.BufferHint).ConfigureAwait(false);
            await call.FinishAsync(Status.Ok, context.Trailers).ConfigureAwait(false);
        }
        catch (RpcException failure) when (HandlerTrailers.Belong(context, failure))
        {
            throw HandlerTrailers.Attach(context, failure);
        }
    }
}
