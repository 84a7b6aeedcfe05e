using System.Buffers;

namespace Hawser;

/// <summary>A codec whose values are their own bytes.</summary>
internal abstract class RawCodec<T> : MessageCodec<T>
{
    internal sealed override bool IsRaw => true;

    public sealed override void Encode(T value, IBufferWriter<byte> output)
    {
        TryGetBytes(value, out var bytes);
        if (bytes.IsSingleSegment)
        {
            output.Write(bytes.FirstSpan);
            return;
        }

        foreach (var segment in bytes)
            output.Write(segment.Span);
    }

    public override string? GetSchema() => """{"type":"string","contentEncoding":"binary"}""";
}

/// <summary><c>byte[]</c>: always a copy that belongs to the reader.</summary>
internal sealed class RawArrayCodec : RawCodec<byte[]>
{
    public override byte[] Decode(in ReadOnlySequence<byte> message) => message.ToArray();

    internal override bool TryGetBytes(byte[] value, out ReadOnlySequence<byte> message)
    {
        message = value is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(value);
        return true;
    }
}

/// <summary><see cref="ReadOnlyMemory{T}"/> of bytes.</summary>
internal sealed class RawMemoryCodec(bool borrows) : RawCodec<ReadOnlyMemory<byte>>
{
    internal override bool Borrows => borrows;

    public override ReadOnlyMemory<byte> Decode(in ReadOnlySequence<byte> message) =>
        borrows && message.IsSingleSegment ? message.First : message.ToArray();

    internal override bool TryGetBytes(ReadOnlyMemory<byte> value, out ReadOnlySequence<byte> message)
    {
        message = new ReadOnlySequence<byte>(value);
        return true;
    }
}

/// <summary><see cref="ReadOnlySequence{T}"/> of bytes.</summary>
internal sealed class RawSequenceCodec(bool borrows) : RawCodec<ReadOnlySequence<byte>>
{
    internal override bool Borrows => borrows;

    public override ReadOnlySequence<byte> Decode(in ReadOnlySequence<byte> message) =>
        borrows ? message : new ReadOnlySequence<byte>(message.ToArray());

    internal override bool TryGetBytes(ReadOnlySequence<byte> value, out ReadOnlySequence<byte> message)
    {
        message = value;
        return true;
    }
}

/// <summary>No message at all, where a codec is asked for.</summary>
internal sealed class EmptyCodec : RawCodec<Empty>
{
    public override Empty Decode(in ReadOnlySequence<byte> message) => default;

    internal override bool TryGetBytes(Empty value, out ReadOnlySequence<byte> message)
    {
        message = ReadOnlySequence<byte>.Empty;
        return true;
    }

    public override string? GetSchema() => null;
}
