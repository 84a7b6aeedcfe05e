using System.Numerics;

namespace Hawser.Cli.Bench;

/// <summary>
/// Counts of latencies in buckets that grow with the latency, so that a percentile read from them is within 0.4 % of the exact one at any size.
/// </summary>
/// <remarks>Buckets of an octave are made when it is first hit, so that thousands of histograms cost little. Not safe for use by two threads at once.</remarks>
internal sealed class LatencyHistogram
{
    private const int BucketBits = 7;
    private const int BucketsPerOctave = 1 << BucketBits;

    // Values below the first octave's end have a bucket each.
    private readonly long[]?[] octaves = new long[]?[64 - BucketBits];

    public long Count { get; private set; }

    /// <summary>The largest value, exactly; 0 when there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The smallest value, exactly; 0 when there is none.</summary>
    public long Min => Count == 0 ? 0 : smallest;

    private long smallest = long.MaxValue;

    /// <summary>Counts one latency, in whatever unit; a negative one counts as 0.</summary>
    public void Record(long value)
    {
        value = Math.Max(0, value);
        var (octave, bucket) = Find(value);
        (octaves[octave] ??= new long[BucketsPerOctave])[bucket]++;
        Count++;
        Max = Math.Max(Max, value);
        smallest = Math.Min(smallest, value);
    }

    /// <summary>Counts all that another histogram has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var octave = 0; octave < octaves.Length; octave++)
        {
            if (other.octaves[octave] is not { } counts)
                continue;
            var mine = octaves[octave] ??= new long[BucketsPerOctave];
            for (var bucket = 0; bucket < mine.Length; bucket++)
                mine[bucket] += counts[bucket];
        }

        Count += other.Count;
        Max = Math.Max(Max, other.Max);
        smallest = Math.Min(smallest, other.smallest);
    }

    /// <summary>The latency that so many percent of all do not exceed; 0 when there is none.</summary>
    /// <param name="percent">0…100.</param>
    public long Percentile(double percent)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(percent / 100 * Count));
        long seen = 0;
        foreach (var (low, high, count) in Buckets())
        {
            seen += count;
            if (seen >= rank)
                return Math.Clamp(low + ((high - low) / 2), Min, Max);
        }

        return 0;
    }

    /// <summary>The buckets that are not empty, from the lowest: the first and the last value that fall in each, and how many did.</summary>
    public IEnumerable<(long Low, long High, long Count)> Buckets()
    {
        for (var octave = 0; octave < octaves.Length; octave++)
        {
            if (octaves[octave] is not { } counts)
                continue;
            for (var bucket = 0; bucket < counts.Length; bucket++)
            {
                if (counts[bucket] > 0)
                {
                    var (low, width) = octave == 0 ? (bucket, 1L) : ((long)(BucketsPerOctave + bucket) << (octave - 1), 1L << (octave - 1));
                    yield return (low, low + width - 1, counts[bucket]);
                }
            }
        }
    }

    private static (int Octave, int Bucket) Find(long value)
    {
        if (value < BucketsPerOctave)
            return (0, (int)value);
        var octave = BitOperations.Log2((ulong)value) - BucketBits + 1;
        return (octave, (int)(value >> (octave - 1)) - BucketsPerOctave);
    }
}
