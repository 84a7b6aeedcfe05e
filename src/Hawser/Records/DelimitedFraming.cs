using System.Buffers;

namespace Hawser;

/// <summary>Records with a delimiter behind each.</summary>
internal sealed class DelimitedFraming(byte[] delimiter) : RecordFraming
{
    private readonly byte[] delimiter = delimiter.Length > 0 ? delimiter : throw new ArgumentException("A delimiter has at least one byte.", nameof(delimiter));

    public override int MaxOverhead => delimiter.Length;

    public override RecordParse Parse(in ReadOnlySequence<byte> bytes, long examined) => Find(bytes, Math.Max(0, examined - delimiter.Length + 1)) is { } length
        ? RecordParse.Record(0, length, length + delimiter.Length)
        : RecordParse.NeedMore();

    public override void Write(in ReadOnlySequence<byte> record, IBufferWriter<byte> output)
    {
        if (IsTorn(record))
            throw new ArgumentException($"A record cannot contain its delimiter, 0x{Convert.ToHexString(delimiter)}, nor its end begin one: it would arrive in pieces. Take a framing with lengths for any bytes.", nameof(record));
        foreach (var part in record)
            output.Write(part.Span);
        output.Write(delimiter);
    }

    private long? Find(in ReadOnlySequence<byte> bytes, long from)
    {
        var reader = new SequenceReader<byte>(bytes);
        reader.Advance(from);
        while (reader.TryAdvanceTo(delimiter[0], advancePastDelimiter: false))
        {
            if (reader.IsNext(delimiter))
                return reader.Consumed;
            reader.Advance(1);
        }

        return null;
    }

    /// <summary>Whether a reader would find the first delimiter elsewhere than behind the record.</summary>
    private bool IsTorn(in ReadOnlySequence<byte> record)
    {
        if (Find(record, 0) is not null)
            return true;

        // With delimiter "aa", the record "xa" would end before its own last byte.
        Span<byte> end = stackalloc byte[64];
        var kept = (int)Math.Min(record.Length, delimiter.Length - 1);
        end = kept + delimiter.Length <= end.Length ? end[..(kept + delimiter.Length)] : new byte[kept + delimiter.Length];
        record.Slice(record.Length - kept).CopyTo(end);
        delimiter.CopyTo(end[kept..]);
        return end.IndexOf(delimiter) != kept;
    }
}
