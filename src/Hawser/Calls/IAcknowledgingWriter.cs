namespace Hawser;

/// <summary>A writer of octets that can ask its peer for acknowledgement.</summary>
internal interface IAcknowledgingWriter
{
    /// <summary>Flushes, and waits until the peer has consumed everything: see <see cref="ClientCall.AcknowledgeAsync"/>.</summary>
    ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken);
}
