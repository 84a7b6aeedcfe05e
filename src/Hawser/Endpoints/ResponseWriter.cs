namespace Hawser;

/// <summary>Writes what a handler returned, and ends the call. Whatever was returned is always disposed.</summary>
internal abstract class ResponseWriter<TResult>
{
    internal abstract ValueTask WriteAsync(ServerCall call, TResult result, CallContext? context);
}

/// <summary>Nothing, or octets that the handler has written by itself.</summary>
internal sealed class NoResponseWriter : ResponseWriter<Empty>
{
    internal override ValueTask WriteAsync(ServerCall call, Empty result, CallContext? context) => call.FinishAsync(Status.Ok, context?.Trailers);
}

/// <summary>One message.</summary>
internal sealed class OneResponseWriter<T>(MessageCodec<T> codec) : ResponseWriter<T>
{
    internal override async ValueTask WriteAsync(ServerCall call, T result, CallContext? context)
    {
        await MessageWriter.WriteAsync(call, codec, result, WriteFlags.BufferHint).ConfigureAwait(false);
        await call.FinishAsync(Status.Ok, context?.Trailers).ConfigureAwait(false);
    }
}

/// <summary>A stream of messages.</summary>
internal sealed class ResponseStreamWriter<TSource, T>(Method method, MessageCodec<T> codec) : ResponseWriter<TSource>
    where TSource : IAsyncEnumerable<T>
{
    internal override async ValueTask WriteAsync(ServerCall call, TSource result, CallContext? context)
    {
        if (result is null)
            throw NullResult.Of(method, typeof(TSource));
        var acknowledgements = context is null ? null : new StreamAcknowledgements(call);
        if (context is not null)
            context.Acknowledging = acknowledgements!.AskAsync;
        await MessagePump.RunAsync(result, codec, new ResponseSink(call, acknowledgements), call.CancellationToken).ConfigureAwait(false);
        await call.FinishAsync(Status.Ok, context?.Trailers).ConfigureAwait(false);
    }
}

/// <summary>Octets, returned as a <see cref="Stream"/> or a <see cref="System.IO.Pipelines.PipeReader"/>.</summary>
internal sealed class ResponseOctetsWriter<TOctets>(Method method) : ResponseWriter<TOctets>
    where TOctets : class
{
    internal override async ValueTask WriteAsync(ServerCall call, TOctets result, CallContext? context)
    {
        if (result is null)
            throw NullResult.Of(method, typeof(TOctets));
        context?.RefuseAcknowledgements();
        var octets = OctetsSource.Of(result);
        await using var disposal = octets.ConfigureAwait(false);
        await octets.CopyToAsync(call.ResponseOctets, call.CancellationToken).ConfigureAwait(false);
        await call.FinishAsync(Status.Ok, context?.Trailers).ConfigureAwait(false);
    }
}

/// <summary>A typed reply, then octets.</summary>
internal sealed class ReplyAndOctetsWriter<T, TOctets>(Method method, MessageCodec<T> codec) : ResponseWriter<(T Reply, TOctets Octets)>
    where TOctets : class
{
    internal override async ValueTask WriteAsync(ServerCall call, (T Reply, TOctets Octets) result, CallContext? context)
    {
        if (result.Octets is null)
            throw NullResult.Of(method, typeof(TOctets));
        context?.RefuseAcknowledgements();
        var octets = OctetsSource.Of(result.Octets);
        await using var disposal = octets.ConfigureAwait(false);
        await MessageWriter.WriteAsync(call, codec, result.Reply, WriteFlags.None).ConfigureAwait(false);
        await octets.CopyToAsync(call.ResponseOctets, call.CancellationToken).ConfigureAwait(false);
        await call.FinishAsync(Status.Ok, context?.Trailers).ConfigureAwait(false);
    }
}

/// <summary>A handler returned null where its call needs an object.</summary>
internal static class NullResult
{
    internal static RpcException Of(Method method, Type type) =>
        new(StatusCode.Internal, $"The handler of '{method.FullName}' returned null instead of a {TypeNames.Of(type)}.");
}
