using System.Globalization;

namespace Hawser.Protobuf;

/// <summary><c>google.protobuf.Timestamp</c> as text: RFC 3339, in UTC when it is written, with any offset when it is read.</summary>
internal static class TimestampText
{
    internal const int MaxLength = 20 + Fraction.MaxLength;

    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;
    private const int DateTimeLength = 19;

    internal static bool TryFormat(long seconds, long nanos, Span<byte> target, out int length)
    {
        length = 0;
        if (seconds is < MinSeconds or > MaxSeconds || nanos is < 0 or >= Fraction.PerSecond)
            return false;
        var time = new DateTime((seconds - MinSeconds) * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
        Put(target, 0, time.Year, 4);
        target[4] = (byte)'-';
        Put(target, 5, time.Month, 2);
        target[7] = (byte)'-';
        Put(target, 8, time.Day, 2);
        target[10] = (byte)'T';
        Put(target, 11, time.Hour, 2);
        target[13] = (byte)':';
        Put(target, 14, time.Minute, 2);
        target[16] = (byte)':';
        Put(target, 17, time.Second, 2);
        length = DateTimeLength + Fraction.Format((int)nanos, target[DateTimeLength..]);
        target[length++] = (byte)'Z';
        return true;
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        if (!TryParseDateTime(text, out var time))
            return false;
        text = text[DateTimeLength..];
        if (!Fraction.TryParse(ref text, out nanos) || !TryParseOffset(text, out var offset))
            return false;
        seconds = (time.Ticks / TimeSpan.TicksPerSecond) + MinSeconds - offset;
        return seconds is >= MinSeconds and <= MaxSeconds;
    }

    // `2026-11-20T11:12:13`, and nothing that only resembles it.
    private static bool TryParseDateTime(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length < DateTimeLength || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
            return false;
        if (!TryTake(text, 0, 4, out var year) || !TryTake(text, 5, 2, out var month) || !TryTake(text, 8, 2, out var day)
            || !TryTake(text, 11, 2, out var hour) || !TryTake(text, 14, 2, out var minute) || !TryTake(text, 17, 2, out var second))
        {
            return false;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;
        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }

    // `Z`, `+05:30` or `-08:00`.
    private static bool TryParseOffset(ReadOnlySpan<byte> text, out int seconds)
    {
        seconds = 0;
        if (text.Length == 1)
            return text[0] == 'Z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':')
            return false;
        if (!TryTake(text, 1, 2, out var hours) || !TryTake(text, 4, 2, out var minutes) || hours > 23 || minutes > 59)
            return false;
        seconds = ((hours * 60) + minutes) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    private static bool TryTake(ReadOnlySpan<byte> text, int start, int count, out int value) =>
        int.TryParse(text.Slice(start, count), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static void Put(Span<byte> target, int start, int value, int digits)
    {
        for (var i = start + digits - 1; i >= start; i--, value /= 10)
            target[i] = (byte)('0' + (value % 10));
    }
}
