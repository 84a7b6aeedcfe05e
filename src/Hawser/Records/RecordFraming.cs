using System.Buffers;

namespace Hawser;

/// <summary>Where one record ends and the next begins in a stream of bytes. Subclass it for a format of your own.</summary>
/// <remarks>An instance that keeps no state, as the built-in ones do, serves any number of readers and writers at once.</remarks>
public abstract class RecordFraming
{
    /// <summary>How many bytes of framing a record may have before its content is whole, at most: bounds what is held of a record whose length is not known yet. Default 64.</summary>
    public virtual int MaxOverhead => 64;

    /// <summary>Looks for a record at the start of some bytes. Called again with the same bytes and more behind them until there is one.</summary>
    /// <param name="bytes">What has come and is not consumed; never empty.</param>
    /// <param name="examined">How many of them were there when this method asked for more; 0 for a new record. A search may begin near them, so that slow bytes are not searched over and over.</param>
    /// <returns>What is there. Bytes beyond the record's own are left alone, whatever they are.</returns>
    public abstract RecordParse Parse(in ReadOnlySequence<byte> bytes, long examined);

    /// <summary>Writes a record with its framing.</summary>
    /// <param name="record">The content.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="ArgumentException">The framing cannot express this record; nothing has been written then.</exception>
    public abstract void Write(in ReadOnlySequence<byte> record, IBufferWriter<byte> output);

    /// <summary>Records with their length before them.</summary>
    /// <param name="prefix">How the length is written. It counts the content only.</param>
    /// <returns>The framing.</returns>
    public static RecordFraming LengthPrefixed(LengthPrefix prefix = LengthPrefix.FourBytesBigEndian) => new LengthPrefixedFraming(prefix);

    /// <summary>Records with a delimiter behind each, the last included. A record cannot contain it.</summary>
    /// <param name="delimiter">The delimiter, at least one byte: <c>"\n"u8</c>, for instance.</param>
    /// <returns>The framing.</returns>
    /// <exception cref="ArgumentException">The delimiter is empty.</exception>
    public static RecordFraming Delimited(ReadOnlySpan<byte> delimiter) => new DelimitedFraming(delimiter.ToArray());

    /// <summary>Records that all have the same length, with nothing between them; a body of known length is one.</summary>
    /// <param name="length">The length in bytes, at least 1.</param>
    /// <returns>The framing.</returns>
    public static RecordFraming FixedLength(int length) => new FixedLengthFraming(length);
}
