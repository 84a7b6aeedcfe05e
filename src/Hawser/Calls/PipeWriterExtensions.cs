using System.IO.Pipelines;

namespace Hawser;

/// <summary>What the <see cref="PipeWriter"/> of a call's octets can do beyond others.</summary>
public static class PipeWriterExtensions
{
    /// <summary>Flushes a call's octets, and waits until the peer has consumed all that were written so far.</summary>
    /// <param name="octets">The octets of a call: the parameter of a handler or of an upload's function, or <see cref="ClientCall.RequestOctets"/> and <see cref="ServerCall.ResponseOctets"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; the call goes on.</param>
    /// <returns>How many bytes are confirmed, and after how long. Not to be called while a flush is under way; writing may go on while it waits.</returns>
    /// <exception cref="RpcException">As of <see cref="ClientCall.AcknowledgeAsync"/>; <see cref="StatusCode.Unimplemented"/> for a writer that belongs to no call.</exception>
    public static ValueTask<Acknowledgement> AcknowledgeAsync(this PipeWriter octets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(octets);
        return octets is IAcknowledgingWriter writer
            ? writer.AcknowledgeAsync(cancellationToken)
            : ValueTask.FromException<Acknowledgement>(new RpcException(
                StatusCode.Unimplemented,
                "What this writer writes is not acknowledged: only the octets of a call on the Hawser wire are. Have the peer reply instead."));
    }
}
