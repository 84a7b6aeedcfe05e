using System.IO.Pipelines;

namespace Hawser;

/// <summary>What compiled clients call: the invoker's family, without overloads.</summary>
internal static class ClientCalls
{
    /// <summary>What a method's contract adds to the caller's options, who may say otherwise.</summary>
    internal static CallOptions Idempotent(CallOptions options) => options with { IsIdempotent = options.IsIdempotent ?? true };

    internal static OutgoingRequest<T> Message<T>(T request) => new MessageRequest<T>(request);

    internal static OutgoingRequest<T> Messages<T>(IAsyncEnumerable<T> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return new StreamRequest<T>(requests);
    }

    internal static OutgoingRequest<T> Octets<T>(T request, object source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new OctetsRequest<T>(request, OctetsSource.Of(source));
    }

    internal static ValueTask<TReply> UnaryAsync<TRequest, TReply>(CallInvoker invoker, string method, TRequest request, CallOptions options) =>
        invoker.CallAsync<TRequest, TReply>(method, request, options);

    internal static ValueTask UnaryWithoutReplyAsync<TRequest>(CallInvoker invoker, string method, TRequest request, CallOptions options) =>
        invoker.CallWithoutReplyAsync(method, request, options);

    internal static ValueTask NotifyAsync<TRequest>(CallInvoker invoker, string method, TRequest request, CallOptions options) =>
        invoker.NotifyAsync(method, request, options);

    internal static ValueTask<TReply> CallAsync<TRequest, TReply>(CallInvoker invoker, string method, OutgoingRequest<TRequest> request, CallOptions options) =>
        invoker.CallWithAsync<TRequest, TReply>(method, request, options);

    internal static IAsyncEnumerable<TReply> Stream<TRequest, TReply>(CallInvoker invoker, string method, OutgoingRequest<TRequest> request, CallOptions options) =>
        invoker.StreamWith<TRequest, TReply>(method, request, options);

    internal static async ValueTask<PipeReader> ReceiveReaderAsync<TRequest>(
        CallInvoker invoker, string method, OutgoingRequest<TRequest> request, CallOptions options) =>
        (await invoker.ReceiveOctetsAsync(method, request, options).ConfigureAwait(false)).Reader;

    internal static async ValueTask<Stream> ReceiveStreamAsync<TRequest>(
        CallInvoker invoker, string method, OutgoingRequest<TRequest> request, CallOptions options) =>
        (await ReceiveReaderAsync(invoker, method, request, options).ConfigureAwait(false)).AsStream();

    internal static async ValueTask<(TReply Reply, PipeReader Octets)> ReceiveReplyAndReaderAsync<TRequest, TReply>(
        CallInvoker invoker, string method, OutgoingRequest<TRequest> request, CallOptions options)
    {
        var reply = await invoker.ReceiveReplyAndOctetsAsync<TRequest, TReply>(method, request, options).ConfigureAwait(false);
        return (reply.Reply, reply.Reader);
    }

    internal static async ValueTask<(TReply Reply, Stream Octets)> ReceiveReplyAndStreamAsync<TRequest, TReply>(
        CallInvoker invoker, string method, OutgoingRequest<TRequest> request, CallOptions options)
    {
        var (reply, octets) = await ReceiveReplyAndReaderAsync<TRequest, TReply>(invoker, method, request, options).ConfigureAwait(false);
        return (reply, octets.AsStream());
    }

    internal static async ValueTask<Empty> CopyToAsync<TRequest>(
        CallInvoker invoker, string method, OutgoingRequest<TRequest> request, CallOptions options, PipeWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var reply = await invoker.ReceiveOctetsAsync(method, request, options).ConfigureAwait(false);
        await using var disposal = reply.ConfigureAwait(false);
        await reply.Reader.CopyToAsync(output, CancellationToken.None).ConfigureAwait(false);
        return default;
    }

    internal static async ValueTask WithoutReply(ValueTask<Empty> call) => await call.ConfigureAwait(false);
}
