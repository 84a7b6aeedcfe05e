using System.Buffers;

namespace Hawser;

/// <summary>Takes the bytes of one message while it is encoded. Rented per message or per stream; one is kept per thread.</summary>
internal sealed class MessageBuffer : IBufferWriter<byte>
{
    private const int InitialSize = 1024;

    // What a thread keeps between messages; a larger array goes back to the shared pool.
    private const int KeptSize = 64 * 1024;

    [ThreadStatic]
    private static MessageBuffer? cached;

    private byte[] bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int written;

    private MessageBuffer()
    {
    }

    internal ReadOnlySequence<byte> Written => new(bytes, 0, written);

    internal static MessageBuffer Rent()
    {
        var buffer = cached;
        if (buffer is null)
            return new MessageBuffer();
        cached = null;
        return buffer;
    }

    internal void Clear() => written = 0;

    /// <summary>Gives the buffer back; nothing of it may be used any more.</summary>
    internal void Return()
    {
        written = 0;
        if (bytes.Length > KeptSize)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
        }

        cached = this;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, bytes.Length - written);
        written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsMemory(written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return bytes.AsSpan(written);
    }

    private void Reserve(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (bytes.Length - written >= needed)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(written + needed), bytes.Length * 2));
        bytes.AsSpan(0, written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
