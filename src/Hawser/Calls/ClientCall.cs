using System.Buffers;
using System.IO.Pipelines;

namespace Hawser;

/// <summary>One call, as the side that makes it sees it. Messages are bytes here; the <see cref="CallInvoker"/>'s typed methods give them their types.</summary>
/// <remarks>
/// One reader and one writer may work at the same time; neither may be used by two threads at once. <see cref="Cancel"/> and
/// <see cref="DisposeAsync"/> are safe from any thread. Disposing a call that has not ended cancels it.
/// </remarks>
public abstract class ClientCall : IAsyncDisposable
{
    /// <summary>The method that is called.</summary>
    public abstract Method Method { get; }

    /// <summary>The message that the last <see cref="ReadAsync"/> found. Valid until the next one, or until the call is disposed.</summary>
    public abstract ReadOnlySequence<byte> Message { get; }

    /// <summary>Whether the server had compressed that message. False on wires that do not compress.</summary>
    public virtual bool IsMessageCompressed => false;

    /// <summary>How the call ended, once <see cref="ReadAsync"/> has returned false or the octets have ended; null before.</summary>
    public abstract Status? Status { get; }

    /// <summary>The metadata that came with the status; empty before.</summary>
    public abstract Metadata Trailers { get; }

    /// <summary>Whether the call certainly did not reach a handler. Of use once <see cref="Status"/> is <see cref="StatusCode.Unavailable"/>.</summary>
    public abstract bool NotRun { get; }

    /// <summary>The response headers, as soon as they have come; empty when the server sends none.</summary>
    /// <exception cref="RpcException">The call failed before it had headers.</exception>
    public abstract ValueTask<Metadata> ReadHeadersAsync();

    /// <summary>Sends one message. Completes when the message is in the send buffer; a slow reader makes it wait.</summary>
    /// <param name="message">The encoded message; not used after the returned task has completed.</param>
    /// <param name="flags">Whether the message may wait for the next.</param>
    /// <returns>False when the call has ended, so that nothing more need be written; <see cref="ReadAsync"/> tells how.</returns>
    public abstract ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None);

    /// <summary>Waits until the peer has consumed everything that was written in this call so far; what was held back by <see cref="WriteFlags.BufferHint"/> is sent first.</summary>
    /// <remarks>
    /// A message is consumed when its reader asks for what follows it: the next message, the octets behind it, or the end. So a loop that handles one message before
    /// it asks for the next confirms that it has handled it. Octets are consumed when their reader has advanced past them. This counts as a write until the peer has been asked, which
    /// is done when this method returns unless a write is under way; then writing may go on. Of use for streams and octets: a single message is confirmed by the end of its call.
    /// </remarks>
    /// <param name="cancellationToken">Gives up waiting; the call goes on.</param>
    /// <returns>How many bytes are confirmed, and after how long.</returns>
    /// <exception cref="RpcException">
    /// The call ended before: with its status, or <see cref="StatusCode.FailedPrecondition"/> when it ended well without its reader having consumed everything;
    /// <see cref="StatusCode.Unavailable"/> when the connection was lost: the bytes may have been consumed all the same. <see cref="StatusCode.Unimplemented"/>: the peer or the wire cannot tell.
    /// </exception>
    /// <exception cref="InvalidOperationException">What this side sends in this call is neither a stream nor octets.</exception>
    public virtual ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromException<Acknowledgement>(UnsupportedAcknowledgement.Of(Method));

    /// <summary>Says that nothing more will be sent.</summary>
    public abstract ValueTask CompleteAsync();

    /// <summary>Where the request's octets go, after its message where the method has one. Completing it says that nothing more will be sent.</summary>
    /// <exception cref="InvalidOperationException">The method's request has no octets.</exception>
    public abstract PipeWriter RequestOctets { get; }

    /// <summary>Reads the next message into <see cref="Message"/>.</summary>
    /// <returns>False when the call has ended; <see cref="Status"/> tells how. A cut is a status too, never a clean end.</returns>
    public abstract ValueTask<bool> ReadAsync();

    /// <summary>The response's octets, after its message where the method has one. A status that is not OK is thrown as an <see cref="RpcException"/> after the last octet.</summary>
    /// <exception cref="InvalidOperationException">The method's response has no octets.</exception>
    public abstract PipeReader ResponseOctets { get; }

    /// <summary>Ends the call from here; the other side's token fires. Does nothing when the call has ended.</summary>
    /// <param name="status">How it ends for this side; <see cref="StatusCode.Cancelled"/> by default.</param>
    public abstract void Cancel(Status? status = null);

    /// <summary>Releases the call, cancelling it if it has not ended.</summary>
    /// <returns>A task that ends when the call's buffers are free.</returns>
    public abstract ValueTask DisposeAsync();
}
