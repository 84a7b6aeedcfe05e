namespace Hawser.Transports;

/// <summary>One ordered byte stream of a connection, both ways.</summary>
/// <remarks>
/// One read and one write may be pending at the same time, not two of either. <see cref="Abort"/> may be called from any thread and more than once; what is
/// pending then fails. A lane promises order and completeness: a read gives the bytes as they were written, then 0 once if the peer ended its side, and throws
/// if the bytes were cut short. It never gives 0 for a cut that it can tell from an end.
/// </remarks>
public abstract class Lane
{
    /// <summary>Fires when the peer has aborted the lane, also while nobody reads it. Never, where the transport has one lane only: reading tells.</summary>
    public virtual CancellationToken PeerAborted => CancellationToken.None;

    /// <summary>Reads at least one byte, or finds the end.</summary>
    /// <param name="buffer">Takes the bytes; not empty. In use until the returned task has completed.</param>
    /// <returns>The number of bytes read; 0 when the peer has ended its side.</returns>
    /// <exception cref="LaneAbortedException">The peer aborted the lane.</exception>
    /// <exception cref="IOException">The link was lost, or this side aborted the lane.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Writes all of a buffer. Completes when the transport has taken it; a slow reader makes it wait.</summary>
    /// <param name="bytes">The bytes; in use until the returned task has completed.</param>
    /// <exception cref="IOException">The link was lost, or one side aborted the lane.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Writes all of several buffers in order, in one operation where the transport can.</summary>
    /// <param name="buffers">The buffers, none empty; the list and they are in use until the returned task has completed.</param>
    /// <exception cref="IOException">The link was lost, or one side aborted the lane.</exception>
    public abstract ValueTask WriteAsync(IList<ArraySegment<byte>> buffers);

    /// <summary>Ends this side: the peer reads 0 after the last byte. Reading goes on. Not while a write is pending.</summary>
    /// <returns>A task that ends when the transport has taken the end.</returns>
    public abstract ValueTask CompleteWritesAsync();

    /// <summary>Ends both sides at once. What was written and not yet read may be lost.</summary>
    /// <param name="code">Tells the peer why, where the transport can carry it: 0…2⁶²−1.</param>
    public abstract void Abort(long code);
}
