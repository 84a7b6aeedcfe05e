namespace Hawser.Protobuf;

/// <summary>Nanoseconds behind a decimal point, with none, three, six or nine digits.</summary>
internal static class Fraction
{
    internal const int MaxLength = 10;
    internal const int PerSecond = 1_000_000_000;
    private const int Digits = 9;

    /// <summary>Writes the point and the digits; nothing when there are no nanoseconds.</summary>
    internal static int Format(int nanos, Span<byte> target)
    {
        if (nanos == 0)
            return 0;
        var digits = nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : Digits;
        for (var dropped = digits; dropped < Digits; dropped++)
            nanos /= 10;
        target[0] = (byte)'.';
        for (var i = digits; i > 0; i--, nanos /= 10)
            target[i] = (byte)('0' + (nanos % 10));
        return digits + 1;
    }

    /// <summary>Reads a point and one to nine digits, and takes them from the text; without a point there are no nanoseconds.</summary>
    internal static bool TryParse(ref ReadOnlySpan<byte> text, out int nanos)
    {
        nanos = 0;
        if (text.IsEmpty || text[0] != '.')
            return true;
        text = text[1..];
        var digits = 0;
        for (; digits < text.Length && char.IsAsciiDigit((char)text[digits]); digits++)
        {
            if (digits == Digits)
                return false;
            nanos = (nanos * 10) + (text[digits] - '0');
        }

        text = text[digits..];
        for (var missing = digits; missing < Digits; missing++)
            nanos *= 10;
        return digits > 0;
    }
}
