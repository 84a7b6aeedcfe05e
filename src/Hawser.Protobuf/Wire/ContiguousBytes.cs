using System.Buffers;

namespace Hawser.Protobuf;

/// <summary>A sequence as one span: its only segment, or a pooled copy of bytes that have all arrived.</summary>
internal readonly ref struct ContiguousBytes
{
    private readonly byte[]? rented;

    internal ContiguousBytes(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            Span = bytes.FirstSpan;
            return;
        }

        var length = checked((int)bytes.Length);
        rented = ArrayPool<byte>.Shared.Rent(length);
        bytes.CopyTo(rented);
        Span = rented.AsSpan(0, length);
    }

    internal ReadOnlySpan<byte> Span { get; }

    public void Dispose()
    {
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
