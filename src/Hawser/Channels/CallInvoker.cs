using System.Buffers;

namespace Hawser;

/// <summary>What calls can be made on: a <see cref="HawserChannel"/>, or one <see cref="Connection"/>.</summary>
/// <remarks>Safe from any thread. The typed methods are in this class's other files.</remarks>
public abstract partial class CallInvoker
{
    private protected CallInvoker(Codec codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        Codec = codec;
    }

    /// <summary>How requests are encoded and replies decoded.</summary>
    public Codec Codec { get; }

    /// <summary>Starts a call of any kind. The caller writes and reads its messages as bytes: what proxies and tools do.</summary>
    /// <param name="method">The method, as this side believes it to be.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <returns>The call, which must be disposed.</returns>
    /// <exception cref="RpcException">There is no connection and none can be made; the call was not run.</exception>
    public abstract ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default);

    /// <summary>Starts a unary or a one-way call. The request is copied or sent before this returns; the reply object is completed later, never from within.</summary>
    /// <param name="method">The method.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <param name="request">The encoded request.</param>
    /// <param name="hasRequest">Whether there is a request at all.</param>
    /// <param name="reply">Takes the end of the call. Of a one-way call: completed once the request is in the send buffer.</param>
    internal abstract void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply);
}
