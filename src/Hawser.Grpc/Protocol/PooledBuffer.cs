using System.Buffers;

namespace Hawser.Grpc.Protocol;

/// <summary>Bytes in one pooled array that grows as they come. Not safe for use by two threads; disposing gives the array back.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int InitialSize = 512;

    private byte[] bytes = [];
    private int written;

    /// <summary>How much has been written.</summary>
    public int Length => written;

    /// <summary>What has been written; valid until more is, or until the buffer is cleared or disposed.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, written);

    /// <summary>What has been written, to be changed in place.</summary>
    public Span<byte> WrittenSpan => bytes.AsSpan(0, written);

    /// <summary>Forgets what was written and keeps the array.</summary>
    public void Clear() => written = 0;

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

    public void Dispose()
    {
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        written = 0;
    }

    private void Reserve(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (bytes.Length - written >= needed)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(checked(written + needed), InitialSize), (int)Math.Min(2L * bytes.Length, Array.MaxLength)));
        bytes.AsSpan(0, written).CopyTo(larger);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
