using Hawser.Cli.Transfers;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class TransferFormatTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void A_transfer_of_known_length_shows_share_rate_and_time_left() =>
        Assert.Equal("1.00 GiB of 2.00 GiB (50%), 512 MiB/s, 0:02 left", TransferFormat.Progress(GiB, 2 * GiB, GiB / 2));

    [Fact]
    public void A_transfer_of_unknown_length_shows_bytes_and_rate() =>
        Assert.Equal("1.00 GiB, 512 MiB/s", TransferFormat.Progress(GiB, null, GiB / 2));

    [Fact]
    public void A_transfer_that_does_not_move_is_stalled() =>
        Assert.EndsWith("stalled", TransferFormat.Progress(1, 2, 0), StringComparison.Ordinal);

    [Fact]
    public void A_transfer_that_crawls_names_no_absurd_time() =>
        Assert.EndsWith("more than 99 days left", TransferFormat.Progress(1, long.MaxValue, 0.001), StringComparison.Ordinal);

    [Fact]
    public void An_empty_transfer_is_whole() => Assert.Contains("(100%)", TransferFormat.Progress(0, 0, 0), StringComparison.Ordinal);

    [Fact]
    public void More_than_was_announced_is_not_more_than_all() => Assert.Contains("(100%)", TransferFormat.Progress(30, 20, 1), StringComparison.Ordinal);

    [Fact]
    public void The_summary_has_exact_bytes_time_and_rate() =>
        Assert.Equal("sent 2.00 GiB (2147483648 bytes) in 500 ms, 4.00 GiB/s", TransferFormat.Summary("sent", 2 * GiB, TimeSpan.FromMilliseconds(500)));

    [Fact]
    public void The_rate_is_that_of_the_last_samples()
    {
        var clock = new ManualClock();
        var meter = new TransferMeter(clock);
        for (var second = 0; second < 100; second++)
        {
            meter.Add(second < 50 ? 1000 : 10);
            clock.Advance(TimeSpan.FromSeconds(1));
            var rate = meter.SampleRate();
            if (second == 0)
                Assert.Equal(1000, rate);
            if (second == 99)
                Assert.Equal(10, rate);
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan time) => now += time.Ticks;
    }
}
