using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Hawser.Protobuf;

/// <summary>
/// A buffer that is filled from its end to its start. A length is written after what it counts, so nothing has to be measured before it is written. Grows as it is filled.
/// </summary>
internal struct ReverseBuffer(int firstCapacity) : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(firstCapacity);
    private int start = -1;

    /// <summary>How many bytes have been written.</summary>
    internal readonly int Length => start < 0 ? 0 : buffer.Length - start;

    internal readonly ReadOnlySpan<byte> Written => buffer.AsSpan(buffer.Length - Length);

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteVarint(ulong value)
    {
        if (value < 0x80)
            Prepend(1)[0] = (byte)value;
        else
            WriteLongVarint(value);
    }

    internal void WriteFixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Prepend(sizeof(uint)), value);

    internal void WriteFixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Prepend(sizeof(ulong)), value);

    internal void WriteOctets(scoped ReadOnlySpan<byte> octets) => octets.CopyTo(Prepend(octets.Length));

    /// <summary>Makes room before what was written, to be filled by the caller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Prepend(int count)
    {
        if (start < count)
            Grow(count);
        start -= count;
        return buffer.AsSpan(start, count);
    }

    private void WriteLongVarint(ulong value) => WireFormat.WriteVarint(Prepend(WireFormat.VarintLength(value)), value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        var length = Length;
        if (start < 0 && buffer.Length >= count)
        {
            start = buffer.Length;
            return;
        }

        var needed = (long)length + count;
        if (needed > Array.MaxLength)
            throw new InvalidOperationException($"The message has more than {Array.MaxLength} bytes, which is the most that protobuf allows.");
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, length * 2L)));
        buffer.AsSpan(buffer.Length - length).CopyTo(larger.AsSpan(larger.Length - length));
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
        start = larger.Length - length;
    }
}
