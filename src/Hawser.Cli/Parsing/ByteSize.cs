using System.Globalization;

namespace Hawser.Cli.Parsing;

/// <summary>Numbers of bytes as people write them: <c>512</c>, <c>64KiB</c>, <c>1.5GiB</c>, <c>10MB</c>.</summary>
internal static class ByteSize
{
    public const string Expected = "a number of bytes, or one with KiB, MiB, GiB, TiB (1024s) or kB, MB, GB, TB (1000s)";

    private const long Kibi = 1024;

    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("KiB", Kibi), ("MiB", Kibi * Kibi), ("GiB", Kibi * Kibi * Kibi), ("TiB", Kibi * Kibi * Kibi * Kibi),
        ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        long unit = 1;
        ReadOnlySpan<char> digits = text;
        foreach (var (suffix, size) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            unit = size;
            digits = digits[..^suffix.Length].TrimEnd();
            break;
        }

        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number > long.MaxValue / unit || number * unit != decimal.Truncate(number * unit))
            return false;
        bytes = (long)(number * unit);
        return true;
    }

    /// <summary>A number of bytes for people: <c>999 B</c>, <c>1.50 KiB</c>, <c>2.00 GiB</c>.</summary>
    public static string Format(double bytes)
    {
        if (bytes < Kibi)
            return $"{bytes:0} B";
        string[] names = ["KiB", "MiB", "GiB", "TiB", "PiB"];
        var index = -1;
        do
        {
            bytes /= Kibi;
            index++;
        }
        while (bytes >= 1000 && index < names.Length - 1);
        var format = bytes < 10 ? "0.00" : bytes < 100 ? "0.0" : "0";
        return $"{bytes.ToString(format, CultureInfo.InvariantCulture)} {names[index]}";
    }
}
