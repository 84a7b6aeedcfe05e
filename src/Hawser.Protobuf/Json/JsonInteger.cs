namespace Hawser.Protobuf;

/// <summary>Integers as JSON may have them: with a fraction of zeros or an exponent, as long as the value is whole. Exact, whatever the number of digits.</summary>
internal static class JsonInteger
{
    // More than any 64-bit integer has.
    private const int MostDigits = 20;

    /// <summary>Reads a number by JSON's grammar.</summary>
    /// <param name="text">The number.</param>
    /// <param name="isNegative">Whether it has a minus.</param>
    /// <param name="magnitude">Its absolute value.</param>
    /// <returns>Whether it is a number, is whole, and its absolute value has 64 bits.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> text, out bool isNegative, out ulong magnitude)
    {
        magnitude = 0;
        isNegative = text.Length > 0 && text[0] == '-';
        if (isNegative)
            text = text[1..];
        var whole = TakeDigits(ref text);
        if (whole.IsEmpty || (whole.Length > 1 && whole[0] == '0'))
            return false;
        ReadOnlySpan<byte> fraction = default;
        if (text.Length > 0 && text[0] == '.')
        {
            text = text[1..];
            fraction = TakeDigits(ref text);
            if (fraction.IsEmpty)
                return false;
        }

        return TryTakeExponent(ref text, out var exponent) && text.IsEmpty && TryScale(whole, fraction.TrimEnd((byte)'0'), exponent, out magnitude);
    }

    private static bool TryScale(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, long exponent, out ulong magnitude)
    {
        magnitude = 0;
        var zeros = whole.Length - whole.TrimEnd((byte)'0').Length;
        if (fraction.IsEmpty && zeros == whole.Length)
            return true;
        // The digits as one whole number, times ten to what is left of the exponent.
        exponent -= fraction.Length;
        ulong value = 0;
        if (exponent < 0 && (!fraction.IsEmpty || zeros < -exponent))
            return false;
        var dropped = exponent < 0 ? (int)-exponent : 0;
        foreach (var digit in whole[..^dropped])
        {
            if (!TryAppend(ref value, digit))
                return false;
        }

        foreach (var digit in fraction)
        {
            if (!TryAppend(ref value, digit))
                return false;
        }

        for (; exponent > 0; exponent--)
        {
            if (!TryAppend(ref value, (byte)'0'))
                return false;
        }

        magnitude = value;
        return true;
    }

    private static bool TryAppend(ref ulong value, byte digit)
    {
        var high = Math.BigMul(value, 10, out var low);
        value = low + (uint)(digit - '0');
        return high == 0 && value >= low;
    }

    private static bool TryTakeExponent(ref ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        if (text.IsEmpty || text[0] is not ((byte)'e' or (byte)'E'))
            return true;
        text = text[1..];
        var isNegative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
            text = text[1..];
        var digits = TakeDigits(ref text);
        if (digits.IsEmpty)
            return false;
        digits = digits.TrimStart((byte)'0');
        // Beyond that the value is 0 or out of range, whichever.
        exponent = digits.Length > MostDigits / 2 ? int.MaxValue : 0;
        if (exponent == 0)
        {
            foreach (var digit in digits)
                exponent = (exponent * 10) + digit - '0';
        }

        if (isNegative)
            exponent = -exponent;
        return true;
    }

    private static ReadOnlySpan<byte> TakeDigits(scoped ref ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiDigit((char)text[length]))
            length++;
        var digits = text[..length];
        text = text[length..];
        return digits;
    }
}
