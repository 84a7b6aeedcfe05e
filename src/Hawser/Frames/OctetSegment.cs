using System.Buffers;

namespace Hawser.Frames;

/// <summary>A stretch of octets in the block that the lane read it into, or copied to an array of its own.</summary>
internal sealed class OctetSegment : ReadOnlySequenceSegment<byte>
{
    private Block? owner;
    private byte[]? array;
    private int size;

    /// <summary>How many more bytes can be added behind the last: only to a copied stretch.</summary>
    public int Room => array is null ? 0 : array.Length - size;

    public OctetSegment? NextSegment => (OctetSegment?)Next;

    public void Borrow(Block block, int start, int length)
    {
        block.AddReference();
        owner = block;
        Memory = block.Bytes.AsMemory(start, length);
    }

    public void Copy(ReadOnlySpan<byte> octets, int capacity)
    {
        array = ArrayPool<byte>.Shared.Rent(Math.Max(octets.Length, capacity));
        size = 0;
        Append(octets);
    }

    public void Append(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(array.AsSpan(size));
        size += octets.Length;
        Memory = array.AsMemory(0, size);
    }

    public void Follow(OctetSegment previous)
    {
        RunningIndex = previous.RunningIndex + previous.Memory.Length;
        previous.Next = this;
    }

    public void Release()
    {
        owner?.Release();
        if (array is not null)
            ArrayPool<byte>.Shared.Return(array);
        owner = null;
        array = null;
        size = 0;
        Memory = default;
        Next = null;
        RunningIndex = 0;
    }
}
