using System.Runtime.CompilerServices;

namespace Hawser;

public abstract partial class CallInvoker
{
    /// <summary>Makes a unary call.</summary>
    /// <typeparam name="TRequest">The request's type; <see cref="Empty"/> for none. Raw bytes are sent as they are.</typeparam>
    /// <typeparam name="TReply">The reply's type; <see cref="Empty"/> for none. Raw bytes are a copy that belongs to the caller.</typeparam>
    /// <param name="method">The full name: <c>package.Service/Method</c>.</param>
    /// <param name="request">The request; encoded before this returns.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply. At most once: <see cref="RpcException.NotRun"/> of a failure says whether the handler certainly did not run.</returns>
    /// <exception cref="RpcException">The call ended with another status than <see cref="StatusCode.Ok"/>.</exception>
    /// <exception cref="OperationCanceledException">The options' token fired; the exception carries it.</exception>
    [OverloadResolutionPriority(1)] // `new(…)` as the request would fit the overload for streams as well.
    public ValueTask<TReply> CallAsync<TRequest, TReply>(string method, TRequest request, CallOptions options = default)
    {
        var target = GetMethod<TRequest, TReply>(method, ClientMethodShape.Unary<TRequest, TReply>());
        return Start(target, request, options).Reply;
    }

    /// <summary>Makes a unary call without a request.</summary>
    /// <typeparam name="TReply">The reply's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="RpcException">The call ended with another status than <see cref="StatusCode.Ok"/>.</exception>
    /// <exception cref="OperationCanceledException">The options' token fired; the exception carries it.</exception>
    public ValueTask<TReply> CallAsync<TReply>(string method, CallOptions options = default) =>
        CallAsync<Empty, TReply>(method, default, options);

    /// <summary>Sends a notification: nothing comes back, not even a status. At most once, and the sender never learns which.</summary>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="request">The request; encoded before this returns.</param>
    /// <param name="options">Metadata, cancellation.</param>
    /// <returns>A task that ends when the notification is in the send buffer.</returns>
    /// <exception cref="RpcException">It could not be sent.</exception>
    public ValueTask NotifyAsync<TRequest>(string method, TRequest request, CallOptions options = default)
    {
        var target = GetMethod<TRequest, Empty>(method, ClientMethodShape.OneWay<TRequest>());
        return Start(target, request, options).End;
    }

    /// <summary>Sends a notification without a message.</summary>
    /// <param name="method">The full name.</param>
    /// <param name="options">Metadata, cancellation.</param>
    /// <returns>A task that ends when the notification is in the send buffer.</returns>
    /// <exception cref="RpcException">It could not be sent.</exception>
    [OverloadResolutionPriority(1)] // A token is meant as the options, not as a request.
    public ValueTask NotifyAsync(string method, CallOptions options = default) => NotifyAsync(method, default(Empty), options);

    /// <summary>A unary call without a reply, for typed clients.</summary>
    internal ValueTask CallWithoutReplyAsync<TRequest>(string method, TRequest request, CallOptions options)
    {
        var target = GetMethod<TRequest, Empty>(method, ClientMethodShape.Unary<TRequest, Empty>());
        return Start(target, request, options).End;
    }

    private UnaryReply<TReply>.Pending Start<TRequest, TReply>(ClientMethod<TRequest, TReply> target, TRequest request, in CallOptions options)
    {
        var hasRequest = typeof(TRequest) != typeof(Empty);
        if (target.RequestCodec.TryGetBytes(request, out var bytes))
        {
            var reply = UnaryReply<TReply>.Rent(target, options);
            var pending = reply.Started;
            StartUnary(target.Method, options, bytes, hasRequest, reply);
            return pending;
        }

        var buffer = MessageBuffer.Rent();
        target.RequestCodec.Encode(request, buffer);
        var rented = UnaryReply<TReply>.Rent(target, options);
        var started = rented.Started;
        StartUnary(target.Method, options, buffer.Written, hasRequest, rented);
        buffer.Return();
        return started;
    }
}
