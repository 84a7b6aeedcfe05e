using System.Diagnostics;
using System.Numerics;

namespace Hawser.Bench.Measuring;

/// <summary>Counts latencies in log-linear buckets (128 per power of two: under 1 % off). Not safe for concurrent use; merge one per task.</summary>
internal sealed class Histogram
{
    private const int SubBuckets = 128;
    private const int SubBucketBits = 7;

    private readonly long[] counts = new long[(64 - SubBucketBits) * SubBuckets];
    private long max;

    public long Count { get; private set; }

    public double MaxMicroseconds => max / 1000.0;

    public void RecordSince(long timestamp) => Record((long)Stopwatch.GetElapsedTime(timestamp).TotalNanoseconds);

    public void Record(long nanoseconds)
    {
        counts[BucketOf(nanoseconds)]++;
        Count++;
        max = Math.Max(max, nanoseconds);
    }

    public void Merge(Histogram other)
    {
        for (var i = 0; i < counts.Length; i++)
            counts[i] += other.counts[i];
        Count += other.Count;
        max = Math.Max(max, other.max);
    }

    /// <summary>The latency that a share (0…1) of the recorded values do not exceed.</summary>
    public double Microseconds(double share)
    {
        var rank = (long)(share * (Count - 1)) + 1;
        var seen = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank && counts[i] > 0)
                return MiddleOf(i) / 1000.0;
        }

        return 0;
    }

    private static int BucketOf(long value)
    {
        if (value < SubBuckets)
            return (int)Math.Max(value, 0);
        var exponent = BitOperations.Log2((ulong)value) - SubBucketBits;
        return (exponent * SubBuckets) + (int)(value >> exponent);
    }

    private static double MiddleOf(int bucket)
    {
        if (bucket < 2 * SubBuckets)
            return bucket;
        var exponent = (bucket / SubBuckets) - 1;
        return ((bucket - (exponent * SubBuckets)) + 0.5) * (1L << exponent);
    }
}
