using System.Buffers;

namespace Hawser;

/// <summary>Takes the end of one unary call: a wire calls exactly one of its two methods, once, on a thread that may run user code.</summary>
/// <remarks>
/// This is the short way for the commonest call: no call object with its readers and writers is made for it. It knows the reply's type, the wire does not.
/// </remarks>
public abstract class UnaryReply
{
    /// <summary>What is needed to try the call again; empty where nobody does.</summary>
    internal KeptRequest Kept;

    private protected UnaryReply()
    {
    }

    /// <summary>Whether the caller wants headers and trailers; a wire need not decode them otherwise.</summary>
    internal abstract bool WantsMetadata { get; }

    /// <summary>The call ended with <see cref="StatusCode.Ok"/>.</summary>
    /// <param name="message">The reply, valid during this call only; empty when there was none.</param>
    /// <param name="hasMessage">Whether there was a reply.</param>
    /// <param name="headers">The response headers.</param>
    /// <param name="trailers">The trailers.</param>
    internal abstract void Complete(in ReadOnlySequence<byte> message, bool hasMessage, Metadata headers, Metadata trailers);

    /// <summary>The call ended with another status.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="notRun">Whether it certainly did not reach a handler.</param>
    /// <param name="headers">The response headers.</param>
    /// <param name="trailers">The trailers.</param>
    internal abstract void Fail(Status status, bool notRun, Metadata headers, Metadata trailers);
}
