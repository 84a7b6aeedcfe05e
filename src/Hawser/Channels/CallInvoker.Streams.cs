using System.Runtime.CompilerServices;

namespace Hawser;

public abstract partial class CallInvoker
{
    /// <summary>Makes a client-streaming call: many requests, one reply.</summary>
    /// <typeparam name="TRequest">The requests' type.</typeparam>
    /// <typeparam name="TReply">The reply's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="requests">The requests; enumerated while the reply is awaited, told to stop when the call ends, always disposed.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply, which may come before all requests have been sent.</returns>
    /// <exception cref="RpcException">The call ended with another status than <see cref="StatusCode.Ok"/>.</exception>
    /// <exception cref="OperationCanceledException">The options' token fired; the exception carries it.</exception>
    /// <remarks>What <paramref name="requests"/> throws cancels the call and comes out of it.</remarks>
    public ValueTask<TReply> CallAsync<TRequest, TReply>(string method, IAsyncEnumerable<TRequest> requests, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return CallWithAsync<TRequest, TReply>(method, new StreamRequest<TRequest>(requests), options);
    }

    /// <summary>Makes a server-streaming call without a request.</summary>
    /// <typeparam name="TReply">The replies' type.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The replies, see <see cref="StreamAsync{TRequest, TReply}(string, TRequest, CallOptions)"/>.</returns>
    public IAsyncEnumerable<TReply> StreamAsync<TReply>(string method, CallOptions options = default) =>
        StreamWith<Empty, TReply>(method, new MessageRequest<Empty>(default), options);

    /// <summary>Makes a server-streaming call: one request, many replies.</summary>
    /// <typeparam name="TRequest">The request's type; <see cref="Empty"/> for none.</typeparam>
    /// <typeparam name="TReply">
    /// The replies' type. <see cref="System.Buffers.ReadOnlySequence{T}"/> of bytes is borrowed until the next item is asked for; other raw bytes are copies.
    /// </typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Metadata, timeout, cancellation; the token of the enumeration counts too.</param>
    /// <returns>
    /// The replies. Each enumeration makes a call when its first item is asked for; leaving it early cancels the call. A failure comes after the replies
    /// before it: an <see cref="RpcException"/>, or an <see cref="OperationCanceledException"/> that carries the caller's token.
    /// </returns>
    [OverloadResolutionPriority(1)] // `new(…)` as the request would fit the overload for streams as well.
    public IAsyncEnumerable<TReply> StreamAsync<TRequest, TReply>(string method, TRequest request, CallOptions options = default) =>
        StreamWith<TRequest, TReply>(method, new MessageRequest<TRequest>(request), options);

    /// <summary>Makes a duplex call: many requests, many replies, independently.</summary>
    /// <typeparam name="TRequest">The requests' type.</typeparam>
    /// <typeparam name="TReply">The replies' type.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="requests">The requests; enumerated once per enumeration of the replies, told to stop when the call ends, always disposed.</param>
    /// <param name="options">Metadata, timeout, cancellation; the token of the enumeration counts too.</param>
    /// <returns>The replies, see <see cref="StreamAsync{TRequest, TReply}(string, TRequest, CallOptions)"/>. What <paramref name="requests"/> throws comes out of them.</returns>
    public IAsyncEnumerable<TReply> StreamAsync<TRequest, TReply>(string method, IAsyncEnumerable<TRequest> requests, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return StreamWith<TRequest, TReply>(method, new StreamRequest<TRequest>(requests), options);
    }

    internal IAsyncEnumerable<TReply> StreamWith<TRequest, TReply>(string method, OutgoingRequest<TRequest> request, CallOptions options) =>
        new ReplyStream<TRequest, TReply>(this, GetMethod<TRequest, TReply>(method, new ClientMethodShape(request.Body, Body.Stream)), request, options);

    /// <summary>Any request, at most one reply.</summary>
    internal async ValueTask<TReply> CallWithAsync<TRequest, TReply>(string method, OutgoingRequest<TRequest> request, CallOptions options)
    {
        var target = await GetMethodAsync<TRequest, TReply>(method, request, ClientMethodShape.BodyOf<TReply>()).ConfigureAwait(false);
        var outgoing = await OutgoingCall.StartAsync(this, target.Method, request, target.RequestCodec, options).ConfigureAwait(false);
        await using var disposal = outgoing.ConfigureAwait(false);
        var hasReply = await outgoing.Call.ReadAsync().ConfigureAwait(false);
        var reply = hasReply && typeof(TReply) != typeof(Empty) ? target.Decode(outgoing.Call.Message) : default!;
        if (hasReply && await outgoing.Call.ReadAsync().ConfigureAwait(false))
            throw ClientFailure.SecondReply(target.Method);
        await outgoing.ThrowIfFailedAsync().ConfigureAwait(false);
        return hasReply || typeof(TReply) == typeof(Empty) ? reply : throw ClientFailure.MissingReply(target.Method, typeof(TReply));
    }
}
