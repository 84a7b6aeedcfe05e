namespace Hawser.Transports;

/// <summary>What is left of a write: one buffer, or several in order.</summary>
internal struct WriteCursor
{
    private readonly IList<ArraySegment<byte>>? buffers;
    private ReadOnlyMemory<byte> current;
    private int next;

    public WriteCursor(ReadOnlyMemory<byte> bytes) => current = bytes;

    public WriteCursor(IList<ArraySegment<byte>> buffers)
    {
        this.buffers = buffers;
        SkipEmpty();
    }

    public readonly bool IsEmpty => current.IsEmpty;

    /// <summary>Moves as many bytes as fit, over the buffers' borders.</summary>
    /// <returns>The number of bytes moved.</returns>
    public int CopyTo(Span<byte> target)
    {
        var copied = 0;
        while (!current.IsEmpty && copied < target.Length)
        {
            var count = Math.Min(current.Length, target.Length - copied);
            current.Span[..count].CopyTo(target[copied..]);
            copied += count;
            current = current[count..];
            SkipEmpty();
        }

        return copied;
    }

    private void SkipEmpty()
    {
        while (current.IsEmpty && buffers is not null && next < buffers.Count)
            current = buffers[next++];
    }
}
