using Hawser.Cli.Parsing;

namespace Hawser.Cli.Transfers;

/// <summary>How the state of a transfer is put in words.</summary>
internal static class TransferFormat
{
    /// <summary>One line on a transfer that goes on: <c>1.20 GiB of 2.00 GiB (60%), 3.41 GiB/s, 0:12 left</c>.</summary>
    /// <param name="bytes">What has been moved.</param>
    /// <param name="total">What there is to move; null when nobody knows.</param>
    /// <param name="bytesPerSecond">The rate of late.</param>
    public static string Progress(long bytes, long? total, double bytesPerSecond)
    {
        var rate = $"{ByteSize.Format(bytesPerSecond)}/s";
        if (total is not { } all)
            return $"{ByteSize.Format(bytes)}, {rate}";
        var percent = all == 0 ? 100 : Math.Min(100, (int)(bytes * 100.0 / all));
        return $"{ByteSize.Format(bytes)} of {ByteSize.Format(all)} ({percent}%), {rate}, {Left(all - bytes, bytesPerSecond)}";
    }

    /// <summary>The line on a transfer that has ended: <c>sent 2.00 GiB (2147483648 bytes) in 0.60 s, 3.33 GiB/s</c>.</summary>
    public static string Summary(string done, long bytes, TimeSpan time)
    {
        var rate = time > TimeSpan.Zero ? $", {ByteSize.Format(bytes / time.TotalSeconds)}/s" : "";
        return $"{done} {ByteSize.Format(bytes)} ({bytes} bytes) in {Duration.Format(time)}{rate}";
    }

    private static string Left(long bytes, double bytesPerSecond)
    {
        if (bytes <= 0)
            return "0:00 left";
        if (bytesPerSecond <= 0)
            return "stalled";
        var seconds = Math.Ceiling(bytes / bytesPerSecond);
        return seconds > TimeSpan.FromDays(99).TotalSeconds ? "more than 99 days left" : $"{Duration.FormatClock(TimeSpan.FromSeconds(seconds))} left";
    }
}
