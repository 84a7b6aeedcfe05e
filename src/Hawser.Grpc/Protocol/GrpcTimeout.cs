using System.Globalization;

namespace Hawser.Grpc.Protocol;

/// <summary>The header <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long MaxNumber = 99_999_999;
    private const long NanosecondsPerTick = 100;

    // Finest first; below a tick there is the nanosecond alone.
    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>The longest text, in characters.</summary>
    internal const int MaxLength = MaxDigits + 1;

    /// <summary>Reads a timeout; nanoseconds are rounded up to the clock's ticks.</summary>
    /// <returns>False when the text is no timeout.</returns>
    internal static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxLength)
            return false;
        var number = 0L;
        foreach (var c in text[..^1])
        {
            if (!char.IsAsciiDigit(c))
                return false;
            number = (number * 10) + (c - '0');
        }

        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks((number + NanosecondsPerTick - 1) / NanosecondsPerTick);
            return true;
        }

        foreach (var (unit, ticks) in Units)
        {
            if (text[^1] != unit)
                continue;
            timeout = TimeSpan.FromTicks(number * ticks);
            return true;
        }

        return false;
    }

    /// <summary>Writes a timeout in the finest unit that has room for it, rounded up; what has passed already becomes the shortest time there is.</summary>
    internal static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return "1n";
        if (timeout.Ticks <= MaxNumber / NanosecondsPerTick)
            return string.Create(CultureInfo.InvariantCulture, $"{timeout.Ticks * NanosecondsPerTick}n");
        foreach (var (unit, ticks) in Units)
        {
            var number = (timeout.Ticks / ticks) + (timeout.Ticks % ticks == 0 ? 0 : 1);
            if (number <= MaxNumber)
                return string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");
        }

        // No TimeSpan is longer than 99,999,999 hours by more than a factor of three; such a deadline is as good as the longest.
        return "99999999H";
    }
}
