using System.Buffers;
using System.IO.Pipelines;

namespace Hawser;

/// <summary>One call, as the side that serves it sees it. Messages are bytes here; an endpoint gives them their types.</summary>
/// <remarks>
/// One reader and one writer may work at the same time; neither may be used by two threads at once. <see cref="CancellationToken"/> and
/// <see cref="Deadline"/> are safe from any thread. The instance is reused once the endpoint's task has ended: nothing of it may be kept beyond that.
/// </remarks>
public abstract class ServerCall
{
    private CallItems? items;

    /// <summary>The method as the caller named it.</summary>
    public abstract Method Method { get; }

    /// <summary>The name of the codec that the caller's messages are written in, for instance <c>json</c>.</summary>
    public abstract string Codec { get; }

    /// <summary>What the caller sent beside its messages.</summary>
    public abstract Metadata RequestMetadata { get; }

    /// <summary>When the caller stops waiting, on this machine's clock; null when it waits for ever.</summary>
    public abstract DateTimeOffset? Deadline { get; }

    /// <summary>Fires when the caller cancels, its deadline passes, or the connection is lost.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>The connection that the call came over: tells who called, and can call back.</summary>
    public abstract Connection Connection { get; }

    /// <summary>
    /// What the application remembers of this call, from its first interceptor to the end of its handler, which finds the same in <see cref="CallContext.Items"/>. Made when it is first asked for: calls that
    /// do not use it cost nothing. A call that wraps another gives that one's.
    /// </summary>
    public virtual CallItems Items => Volatile.Read(ref items) ?? MakeItems();

    /// <summary>The message that the last <see cref="ReadAsync"/> found. Valid until the next one, or until the call ends.</summary>
    public abstract ReadOnlySequence<byte> Message { get; }

    /// <summary>Whether the caller had compressed that message. False on wires that do not compress.</summary>
    public virtual bool IsMessageCompressed => false;

    /// <summary>Reads the next message into <see cref="Message"/>.</summary>
    /// <returns>False when the caller has sent its last message.</returns>
    /// <exception cref="RpcException">
    /// The call was cancelled or reset, its connection was lost (<see cref="StatusCode.Unavailable"/>), or a message is over the limit
    /// (<see cref="StatusCode.ResourceExhausted"/>). A cut is never taken for an end.
    /// </exception>
    public abstract ValueTask<bool> ReadAsync();

    /// <summary>The caller's octets, after its message where the method has one. A cut is an <see cref="RpcException"/>, never an end.</summary>
    /// <exception cref="InvalidOperationException">The method's request has no octets.</exception>
    public abstract PipeReader RequestOctets { get; }

    /// <summary>Sends the response headers. Optional, at most once, before the first message or octet.</summary>
    /// <param name="headers">The metadata to send.</param>
    public abstract ValueTask WriteHeadersAsync(Metadata headers);

    /// <summary>Sends one message. Completes when the message is in the send buffer; a slow reader makes it wait.</summary>
    /// <param name="message">The encoded message; not used after the returned task has completed.</param>
    /// <param name="flags">Whether the message may wait for the next.</param>
    /// <exception cref="RpcException">The call was cancelled, or its connection was lost.</exception>
    public abstract ValueTask WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None);

    /// <summary>Where the response's octets go, after its message where the method has one. <see cref="FinishAsync(Status, Metadata?)"/> ends them.</summary>
    /// <exception cref="InvalidOperationException">The method's response has no octets.</exception>
    public abstract PipeWriter ResponseOctets { get; }

    /// <inheritdoc cref="ClientCall.AcknowledgeAsync"/>
    public virtual ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromException<Acknowledgement>(UnsupportedAcknowledgement.Of(Method));

    /// <summary>Ends the call. Whatever of the request is still unread is discarded.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="trailers">Metadata to send with the status.</param>
    public abstract ValueTask FinishAsync(Status status, Metadata? trailers = null);

    /// <summary>Sends the only reply and ends the call with <see cref="StatusCode.Ok"/>, in one go.</summary>
    /// <param name="message">The encoded reply; not used after the returned task has completed.</param>
    public abstract ValueTask FinishAsync(ReadOnlySequence<byte> message);

    /// <summary>What the program that hosts the server knows the call by, where there is such a thing: within ASP.NET Core its <c>HttpContext</c>.</summary>
    internal virtual object? HostContext => null;

    private CallItems MakeItems()
    {
        // The object serves no other call afterwards, which would find these.
        MarkEscaped();
        var made = new CallItems(Method);
        return Interlocked.CompareExchange(ref items, made, null) ?? made;
    }

    /// <summary>Something that outlives the endpoint's task may now hold this call, so that it must not be reused.</summary>
    internal virtual void MarkEscaped()
    {
    }
}
