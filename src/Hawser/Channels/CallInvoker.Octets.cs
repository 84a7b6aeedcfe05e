using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Hawser;

public abstract partial class CallInvoker
{
    /// <summary>Sends a raw byte stream and awaits one reply.</summary>
    /// <typeparam name="TReply">The reply's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="source">The octets; read while the reply is awaited, always disposed.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply, which may come before everything has been sent.</returns>
    /// <exception cref="RpcException">The call ended with another status than <see cref="StatusCode.Ok"/>. The peer's status beats a local write failure.</exception>
    /// <exception cref="OperationCanceledException">The options' token fired; the exception carries it.</exception>
    /// <remarks>What <paramref name="source"/> throws cancels the call and comes out of it.</remarks>
    public ValueTask<TReply> UploadAsync<TReply>(string method, Stream source, CallOptions options = default) =>
        CallWithAsync<Empty, TReply>(method, OctetsOf(source), options);

    /// <summary>Sends a raw byte stream and awaits one reply.</summary>
    /// <inheritdoc cref="UploadAsync{TReply}(string, Stream, CallOptions)"/>
    public ValueTask<TReply> UploadAsync<TReply>(string method, PipeReader source, CallOptions options = default) =>
        CallWithAsync<Empty, TReply>(method, OctetsOf(source), options);

    /// <summary>Writes a raw byte stream by a function and awaits one reply.</summary>
    /// <typeparam name="TReply">The reply's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="write">Writes and flushes the octets; its end is their end.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply.</returns>
    /// <inheritdoc cref="UploadAsync{TReply}(string, Stream, CallOptions)" path="/exception"/>
    public ValueTask<TReply> UploadAsync<TReply>(string method, Func<PipeWriter, Task> write, CallOptions options = default) =>
        CallWithAsync<Empty, TReply>(method, OctetsOf(write), options);

    /// <summary>Sends a typed request followed by a raw byte stream and awaits one reply.</summary>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TReply">The reply's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="request">The request, sent first.</param>
    /// <param name="source">The octets; always disposed.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply.</returns>
    /// <inheritdoc cref="UploadAsync{TReply}(string, Stream, CallOptions)" path="/exception"/>
    public ValueTask<TReply> UploadAsync<TRequest, TReply>(string method, TRequest request, Stream source, CallOptions options = default) =>
        CallWithAsync<TRequest, TReply>(method, OctetsAfter(request, source), options);

    /// <inheritdoc cref="UploadAsync{TRequest, TReply}(string, TRequest, Stream, CallOptions)"/>
    public ValueTask<TReply> UploadAsync<TRequest, TReply>(string method, TRequest request, PipeReader source, CallOptions options = default) =>
        CallWithAsync<TRequest, TReply>(method, OctetsAfter(request, source), options);

    /// <summary>Receives a raw byte stream.</summary>
    /// <param name="method">The full name.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The octets, still arriving; must be disposed. What fails, fails in reading them: after the octets that came before.</returns>
    /// <exception cref="RpcException">There is no connection and none can be made.</exception>
    [OverloadResolutionPriority(1)] // A token is meant as the options, not as a request.
    public ValueTask<OctetsReply> DownloadAsync(string method, CallOptions options = default) =>
        ReceiveOctetsAsync(method, new MessageRequest<Empty>(default), options);

    /// <summary>Sends a request and receives a raw byte stream.</summary>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The octets, still arriving; must be disposed. What fails, fails in reading them: after the octets that came before.</returns>
    /// <exception cref="RpcException">There is no connection and none can be made.</exception>
    public ValueTask<OctetsReply> DownloadAsync<TRequest>(string method, TRequest request, CallOptions options = default) =>
        ReceiveOctetsAsync(method, new MessageRequest<TRequest>(request), options);

    /// <summary>Sends a request and receives a typed reply followed by a raw byte stream.</summary>
    /// <typeparam name="TRequest">The request's type; <see cref="Empty"/> for none.</typeparam>
    /// <typeparam name="TReply">The reply's type.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply with its octets, still arriving; must be disposed.</returns>
    /// <exception cref="RpcException">The call ended without a reply.</exception>
    /// <exception cref="OperationCanceledException">The options' token fired; the exception carries it.</exception>
    public ValueTask<OctetsReply<TReply>> DownloadAsync<TRequest, TReply>(string method, TRequest request, CallOptions options = default) =>
        ReceiveReplyAndOctetsAsync<TRequest, TReply>(method, new MessageRequest<TRequest>(request), options);

    /// <summary>Sends a raw byte stream and receives one, independently.</summary>
    /// <param name="method">The full name.</param>
    /// <param name="source">The octets to send; read while the reply arrives, always disposed.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The octets, still arriving; must be disposed, which also stops the sending.</returns>
    /// <exception cref="RpcException">There is no connection and none can be made.</exception>
    public ValueTask<OctetsReply> ExchangeAsync(string method, Stream source, CallOptions options = default) =>
        ReceiveOctetsAsync(method, OctetsOf(source), options);

    /// <inheritdoc cref="ExchangeAsync(string, Stream, CallOptions)"/>
    public ValueTask<OctetsReply> ExchangeAsync(string method, PipeReader source, CallOptions options = default) =>
        ReceiveOctetsAsync(method, OctetsOf(source), options);

    /// <summary>Sends a typed request followed by a raw byte stream, and receives a typed reply followed by one.</summary>
    /// <typeparam name="TRequest">The request's type; <see cref="Empty"/> for none.</typeparam>
    /// <typeparam name="TReply">The reply's type.</typeparam>
    /// <param name="method">The full name.</param>
    /// <param name="request">The request, sent first.</param>
    /// <param name="source">The octets to send; always disposed.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The reply with its octets, still arriving; must be disposed, which also stops the sending.</returns>
    /// <exception cref="RpcException">The call ended without a reply.</exception>
    /// <exception cref="OperationCanceledException">The options' token fired; the exception carries it.</exception>
    public ValueTask<OctetsReply<TReply>> ExchangeAsync<TRequest, TReply>(string method, TRequest request, Stream source, CallOptions options = default) =>
        ReceiveReplyAndOctetsAsync<TRequest, TReply>(method, OctetsAfter(request, source), options);

    /// <inheritdoc cref="ExchangeAsync{TRequest, TReply}(string, TRequest, Stream, CallOptions)"/>
    public ValueTask<OctetsReply<TReply>> ExchangeAsync<TRequest, TReply>(string method, TRequest request, PipeReader source, CallOptions options = default) =>
        ReceiveReplyAndOctetsAsync<TRequest, TReply>(method, OctetsAfter(request, source), options);

    internal async ValueTask<OctetsReply> ReceiveOctetsAsync<TRequest>(string method, OutgoingRequest<TRequest> request, CallOptions options)
    {
        var target = await GetMethodAsync<TRequest, Empty>(method, request, Body.Octets).ConfigureAwait(false);
        var outgoing = await OutgoingCall.StartAsync(this, target.Method, request, target.RequestCodec, options).ConfigureAwait(false);
        return new OctetsReply(new ReplyOctetsCall(outgoing));
    }

    internal async ValueTask<OctetsReply<TReply>> ReceiveReplyAndOctetsAsync<TRequest, TReply>(
        string method, OutgoingRequest<TRequest> request, CallOptions options)
    {
        var target = await GetMethodAsync<TRequest, TReply>(method, request, ClientMethodShape.OctetsAfter<TReply>()).ConfigureAwait(false);
        var outgoing = await OutgoingCall.StartAsync(this, target.Method, request, target.RequestCodec, options).ConfigureAwait(false);
        try
        {
            var reply = default(TReply)!;
            if (typeof(TReply) != typeof(Empty))
            {
                if (!await outgoing.Call.ReadAsync().ConfigureAwait(false))
                {
                    await outgoing.ThrowIfFailedAsync().ConfigureAwait(false);
                    throw ClientFailure.MissingReply(target.Method, typeof(TReply));
                }

                reply = target.Decode(outgoing.Call.Message);
            }

            return new OctetsReply<TReply>(new ReplyOctetsCall(outgoing), reply);
        }
        catch
        {
            await outgoing.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Finds the method of a request that has a source, which is disposed even if there can be no such method.</summary>
    private async ValueTask<ClientMethod<TRequest, TReply>> GetMethodAsync<TRequest, TReply>(string method, OutgoingRequest<TRequest> request, Body response)
    {
        try
        {
            return GetMethod<TRequest, TReply>(method, new ClientMethodShape(request.Body, response));
        }
        catch
        {
            await request.DisposeSourceAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static OctetsRequest<Empty> OctetsOf(object source) => OctetsAfter<Empty>(default, source);

    private static OctetsRequest<Empty> OctetsOf(Func<PipeWriter, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return new OctetsRequest<Empty>(default, OctetsSource.Of(write));
    }

    private static OctetsRequest<TRequest> OctetsAfter<TRequest>(TRequest request, object source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new OctetsRequest<TRequest>(request, OctetsSource.Of(source));
    }
}
