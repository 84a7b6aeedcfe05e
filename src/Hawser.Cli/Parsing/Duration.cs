using System.Globalization;

namespace Hawser.Cli.Parsing;

/// <summary>Lengths of time as people write them: <c>250ms</c>, <c>2s</c>, <c>1.5m</c>, <c>1h</c>.</summary>
internal static class Duration
{
    public const string Expected = "a number with ms, s, m or h, for instance 500ms or 2s";

    private static readonly (string Suffix, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        foreach (var (suffix, milliseconds) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!double.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            if (!double.IsFinite(number) || number * milliseconds > TimeSpan.FromDays(1).TotalMilliseconds)
                return false;
            duration = TimeSpan.FromMilliseconds(number * milliseconds);
            return true;
        }

        return string.Equals(text, "0", StringComparison.Ordinal);
    }

    /// <summary>A length of time for people, short: <c>1:02:03</c>, <c>0:45</c>.</summary>
    public static string FormatClock(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}" : $"{time.Minutes}:{time.Seconds:00}";

    /// <summary>A length of time for people, with its unit: <c>850 µs</c>, <c>12.3 ms</c>, <c>4.56 s</c>.</summary>
    public static string Format(TimeSpan time) => time switch
    {
        { TotalMicroseconds: < 1000 } => Number(time.TotalMicroseconds) + " µs",
        { TotalMilliseconds: < 1000 } => Number(time.TotalMilliseconds) + " ms",
        _ => Number(time.TotalSeconds) + " s",
    };

    private static string Number(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
