using System.Buffers;

namespace Hawser;

/// <summary>Records of one length with nothing between them.</summary>
internal sealed class FixedLengthFraming(int length) : RecordFraming
{
    private readonly int length = length > 0 ? length : throw new ArgumentOutOfRangeException(nameof(length), length, "A record of fixed length has at least one byte.");

    public override int MaxOverhead => 0;

    public override RecordParse Parse(in ReadOnlySequence<byte> bytes, long examined) => bytes.Length < length ? RecordParse.NeedMore(length) : RecordParse.Record(0, length, length);

    public override void Write(in ReadOnlySequence<byte> record, IBufferWriter<byte> output)
    {
        if (record.Length != length)
            throw new ArgumentException($"A record of {record.Length} bytes was to be written where all have {length}.", nameof(record));
        foreach (var part in record)
            output.Write(part.Span);
    }
}
