namespace Hawser.Transports;

/// <summary>What is left of a write: one buffer, or several in order.</summary>
internal struct WriteCursor
{
    private readonly IList<ArraySegment<byte>>? _buffers;
    private ReadOnlyMemory<byte> _current;
    private int _next;

    public WriteCursor(ReadOnlyMemory<byte> bytes) => _current = bytes;

    public WriteCursor(IList<ArraySegment<byte>> buffers)
    {
        _buffers = buffers;
        SkipEmpty();
    }

    public readonly bool IsEmpty => _current.IsEmpty;

    /// <summary>Moves as many bytes as fit, over the buffers' borders.</summary>
    /// <returns>The number of bytes moved.</returns>
    public int CopyTo(Span<byte> target)
    {
        var copied = 0;
        while (!_current.IsEmpty && copied < target.Length)
        {
            var count = Math.Min(_current.Length, target.Length - copied);
            _current.Span[..count].CopyTo(target[copied..]);
            copied += count;
            _current = _current[count..];
            SkipEmpty();
        }

        return copied;
    }

    private void SkipEmpty()
    {
        while (_current.IsEmpty && _buffers is not null && _next < _buffers.Count)
            _current = _buffers[_next++];
    }
}
