namespace Hawser.Cli.Bench;

/// <summary>Draws latencies as bars, a line for each range; ranges grow with the latency.</summary>
internal static class HistogramChart
{
    private const int MaxLines = 12;

    // What stands beside the bar: the bound, the share, and the spaces between.
    private const int LabelWidth = 22;

    /// <summary>Draws the lines.</summary>
    /// <param name="histogram">The latencies.</param>
    /// <param name="format">Puts one in words.</param>
    /// <param name="width">How many characters a line may have.</param>
    public static IEnumerable<string> Draw(LatencyHistogram histogram, Func<long, string> format, int width)
    {
        if (histogram.Count == 0)
            return [];
        var bounds = Bounds(Math.Max(1, histogram.Min), Math.Max(1, histogram.Max));
        var counts = new long[bounds.Length];
        foreach (var (low, high, count) in histogram.Buckets())
        {
            var middle = Math.Min(low + ((high - low) / 2), histogram.Max);
            var line = Array.FindIndex(bounds, bound => middle <= bound);
            counts[line < 0 ? ^1 : line] += count;
        }

        var barWidth = Math.Max(10, width - LabelWidth);
        var longest = counts.Max();
        return bounds.Zip(counts, (bound, count) =>
            $"≤ {format(bound),9} {100.0 * count / histogram.Count,5:0.0}% {Bar(count, longest, barWidth)}".TrimEnd());
    }

    /// <summary>Upper bounds from the smallest to the largest value, each the same factor above the one before.</summary>
    private static long[] Bounds(long min, long max)
    {
        var factor = Math.Pow((double)max / min, 1.0 / MaxLines);
        var bounds = Enumerable.Range(1, MaxLines).Select(line => (long)Math.Ceiling(min * Math.Pow(factor, line))).ToArray();
        bounds[^1] = max;
        return [.. bounds.Where(bound => bound <= max).Distinct()];
    }

    private static string Bar(long count, long longest, int width)
    {
        var eighths = (int)Math.Round(8.0 * width * count / longest);
        if (count > 0 && eighths == 0)
            eighths = 1;
        return new string('█', eighths / 8) + (eighths % 8 > 0 ? " ▏▎▍▌▋▊▉"[eighths % 8] : "");
    }
}
