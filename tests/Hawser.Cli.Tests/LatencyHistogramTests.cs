using Hawser.Cli.Bench;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Percents = [0, 1, 25, 50, 90, 99, 99.9, 100];

    [Fact]
    public void A_percentile_is_within_one_percent_of_the_exact_one()
    {
        var random = new Random(7);
        for (var round = 0; round < 100; round++)
        {
            var count = random.Next(1, 3000);
            var scale = Math.Pow(10, random.Next(0, 13));
            var values = Enumerable.Range(0, count).Select(_ => (long)(scale * -Math.Log(1 - random.NextDouble()))).Order().ToArray();
            var histogram = Of(values);
            foreach (var percent in Percents)
            {
                var exact = values[Math.Max(1, (int)Math.Ceiling(percent / 100 * count)) - 1];
                Assert.InRange(histogram.Percentile(percent), exact * 0.99, exact * 1.01);
            }
        }
    }

    [Fact]
    public void Smallest_and_largest_are_exact()
    {
        var histogram = Of(1_234_567, 7_654_321);
        Assert.Equal((1_234_567, 7_654_321), (histogram.Min, histogram.Max));
    }

    [Fact]
    public void Adding_gives_what_counting_everything_in_one_gives()
    {
        var sum = Of(1, 1000);
        sum.Add(Of(5, 1_000_000));
        Assert.Equal(Of(1, 5, 1000, 1_000_000).Buckets(), sum.Buckets());
        Assert.Equal((4, 1, 1_000_000), (sum.Count, sum.Min, sum.Max));
    }

    [Fact]
    public void The_largest_number_there_is_has_a_bucket() => Assert.Equal(long.MaxValue, Of(long.MaxValue).Percentile(50));

    [Fact]
    public void Nothing_counted_has_zeros()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal((0, 0, 0), (histogram.Percentile(99), histogram.Min, histogram.Max));
    }

    [Fact]
    public void Every_value_falls_in_the_bucket_that_says_so()
    {
        for (var shift = 0; shift < 62; shift++)
        {
            foreach (var value in new[] { (1L << shift) - 1, 1L << shift, (1L << shift) + 1 })
            {
                var (low, high, _) = Assert.Single(Of(value).Buckets());
                Assert.InRange(value, low, high);
            }
        }
    }

    [Fact]
    public void The_chart_has_a_line_per_range_and_the_longest_bar_fills_the_width()
    {
        var lines = HistogramChart.Draw(Of([.. Enumerable.Repeat(100L, 90), .. Enumerable.Repeat(10_000L, 10)]), value => $"{value}", 80).ToArray();
        Assert.InRange(lines.Length, 2, 12);
        Assert.Contains("90.0%", lines[0], StringComparison.Ordinal);
        Assert.Contains("10.0%", lines[^1], StringComparison.Ordinal);
        Assert.True(lines.All(line => line.Length <= 80));
        Assert.Equal(80 - 22, lines[0].Count(c => c == '█'));
    }

    [Fact]
    public void The_chart_of_equal_latencies_is_one_full_line() =>
        Assert.Contains("100.0%", Assert.Single(HistogramChart.Draw(Of(5, 5, 5), value => $"{value}", 40)), StringComparison.Ordinal);

    private static LatencyHistogram Of(params long[] values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(value);
        return histogram;
    }
}
