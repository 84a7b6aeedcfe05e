namespace Hawser;

/// <summary>What a framing found at the start of some bytes: a record, the need for more bytes, or what can never become one.</summary>
public readonly record struct RecordParse
{
    private RecordParse(RecordParseKind kind, long start, long length, long consumed, string? reason)
    {
        Kind = kind;
        Start = start;
        Length = length;
        Consumed = consumed;
        Reason = reason;
    }

    /// <summary>Which of the three it is.</summary>
    public RecordParseKind Kind { get; }

    /// <summary>Of a record: how many bytes stand before its content.</summary>
    public long Start { get; }

    /// <summary>Of a record: the length of its content in bytes. When more is needed: the length that was announced, or 0 when none is known yet.</summary>
    public long Length { get; }

    /// <summary>Of a record: how many bytes it takes with its framing. What stands behind them is left for the next.</summary>
    public long Consumed { get; }

    /// <summary>Of what is malformed: why.</summary>
    public string? Reason { get; }

    /// <summary>A whole record is there.</summary>
    /// <param name="start">How many bytes stand before its content.</param>
    /// <param name="length">The length of its content.</param>
    /// <param name="consumed">How many bytes it takes with its framing; at least 1.</param>
    /// <returns>The finding.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The content does not lie within what is consumed.</exception>
    public static RecordParse Record(long start, long length, long consumed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(consumed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, consumed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, consumed - start, nameof(length));
        return new RecordParse(RecordParseKind.Record, start, length, consumed, null);
    }

    /// <summary>The record is not whole yet.</summary>
    /// <param name="announcedLength">The length of its content, if the bytes tell it already: one over the limit is refused at once, before its bytes are awaited.</param>
    /// <returns>The finding.</returns>
    public static RecordParse NeedMore(long announcedLength = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(announcedLength);
        return new RecordParse(RecordParseKind.NeedMore, 0, announcedLength, 0, null);
    }

    /// <summary>The bytes can never become a record.</summary>
    /// <param name="reason">Why, as part of a sentence: <c>the length has more than ten bytes</c>.</param>
    /// <returns>The finding.</returns>
    public static RecordParse Malformed(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new RecordParse(RecordParseKind.Malformed, 0, 0, 0, reason);
    }
}

/// <summary>The three things that a framing can find.</summary>
public enum RecordParseKind
{
    /// <summary>The record is not whole yet.</summary>
    NeedMore,

    /// <summary>A whole record.</summary>
    Record,

    /// <summary>What can never become a record.</summary>
    Malformed,
}
