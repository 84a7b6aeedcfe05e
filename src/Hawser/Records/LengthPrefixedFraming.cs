using System.Buffers;
using System.Buffers.Binary;

namespace Hawser;

/// <summary>Records with their length before them.</summary>
internal sealed class LengthPrefixedFraming(LengthPrefix prefix) : RecordFraming
{
    private const int MaxVarint = 10;

    private readonly int size = prefix switch
    {
        LengthPrefix.OneByte => 1,
        LengthPrefix.TwoBytesBigEndian or LengthPrefix.TwoBytesLittleEndian => 2,
        LengthPrefix.FourBytesBigEndian or LengthPrefix.FourBytesLittleEndian => 4,
        LengthPrefix.Varint => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(prefix), prefix, "There is no such length prefix."),
    };

    private long MaxLength => size switch
    {
        0 => long.MaxValue,
        4 => uint.MaxValue,
        _ => (1L << (8 * size)) - 1,
    };

    public override int MaxOverhead => size == 0 ? MaxVarint : size;

    public override RecordParse Parse(in ReadOnlySequence<byte> bytes, long examined)
    {
        Span<byte> start = stackalloc byte[MaxVarint];
        start = start[..(int)Math.Min(bytes.Length, MaxOverhead)];
        bytes.Slice(0, start.Length).CopyTo(start);
        var header = size == 0 ? ReadVarint(start, out var length) : ReadFixed(start, out length);
        if (header < 0)
            return RecordParse.Malformed("its length is no number of at most 63 bits");
        if (header == 0)
            return RecordParse.NeedMore();
        return bytes.Length - header < length ? RecordParse.NeedMore(length) : RecordParse.Record(header, length, header + length);
    }

    public override void Write(in ReadOnlySequence<byte> record, IBufferWriter<byte> output)
    {
        if (record.Length > MaxLength)
            throw new ArgumentException($"A record of {record.Length} bytes does not fit a length of {size} byte{(size == 1 ? "" : "s")}, which counts to {MaxLength}.", nameof(record));
        var span = output.GetSpan(MaxOverhead);
        output.Advance(size == 0 ? WriteVarint(span, record.Length) : WriteFixed(span, record.Length));
        foreach (var part in record)
            output.Write(part.Span);
    }

    private int ReadFixed(ReadOnlySpan<byte> bytes, out long length)
    {
        length = 0;
        if (bytes.Length < size)
            return 0;
        length = prefix switch
        {
            LengthPrefix.OneByte => bytes[0],
            LengthPrefix.TwoBytesBigEndian => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            LengthPrefix.TwoBytesLittleEndian => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            LengthPrefix.FourBytesBigEndian => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        };
        return size;
    }

    private int WriteFixed(Span<byte> bytes, long length)
    {
        switch (prefix)
        {
            case LengthPrefix.OneByte:
                bytes[0] = (byte)length;
                break;
            case LengthPrefix.TwoBytesBigEndian:
                BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)length);
                break;
            case LengthPrefix.TwoBytesLittleEndian:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)length);
                break;
            case LengthPrefix.FourBytesBigEndian:
                BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)length);
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)length);
                break;
        }

        return size;
    }

    /// <returns>How many bytes the number has; 0 when it is not whole, −1 when it is none.</returns>
    private static int ReadVarint(ReadOnlySpan<byte> bytes, out long length)
    {
        length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            // The tenth byte could only carry the sign.
            if (i == MaxVarint - 1)
                return -1;
            length |= (long)(bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) == 0)
                return i + 1;
        }

        return 0;
    }

    private static int WriteVarint(Span<byte> bytes, long length)
    {
        var count = 0;
        for (; length >= 0x80; length >>= 7)
            bytes[count++] = (byte)(length | 0x80);
        bytes[count++] = (byte)length;
        return count;
    }
}
