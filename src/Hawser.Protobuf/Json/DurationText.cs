using System.Buffers.Text;

namespace Hawser.Protobuf;

/// <summary><c>google.protobuf.Duration</c> as text: seconds with a fraction and an <c>s</c>.</summary>
internal static class DurationText
{
    internal const int MaxLength = 1 + 20 + Fraction.MaxLength + 1;

    // Ten thousand years of 365.25 days.
    private const long MaxSeconds = 315_576_000_000;

    internal static bool TryFormat(long seconds, long nanos, Span<byte> target, out int length)
    {
        length = 0;
        if (!IsValid(seconds, nanos))
            return false;
        if (seconds < 0 || nanos < 0)
            target[length++] = (byte)'-';
        Utf8Formatter.TryFormat(Math.Abs(seconds), target[length..], out var written);
        length += written;
        length += Fraction.Format((int)Math.Abs(nanos), target[length..]);
        target[length++] = (byte)'s';
        return true;
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        var isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative)
            text = text[1..];
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !Utf8Parser.TryParse(text, out seconds, out int consumed))
            return false;
        text = text[consumed..];
        if (!Fraction.TryParse(ref text, out nanos) || text is not [(byte)'s'])
            return false;
        if (isNegative)
        {
            seconds = -seconds;
            nanos = -nanos;
        }

        return IsValid(seconds, nanos);
    }

    private static bool IsValid(long seconds, long nanos) =>
        seconds is >= -MaxSeconds and <= MaxSeconds && nanos is > -Fraction.PerSecond and < Fraction.PerSecond && Math.Sign(seconds) * Math.Sign(nanos) >= 0;
}
