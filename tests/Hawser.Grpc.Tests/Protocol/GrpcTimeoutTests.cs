using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", 3600.0)]
    [InlineData("2M", 120.0)]
    [InlineData("3S", 3.0)]
    [InlineData("250m", 0.25)]
    [InlineData("250u", 0.00025)]
    [InlineData("300n", 0.0000003)]
    [InlineData("0S", 0.0)]
    [InlineData("99999999S", 99999999.0)]
    public void Every_unit_is_read(string text, double seconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)), timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("5s")]
    [InlineData("5h")]
    [InlineData("-1S")]
    [InlineData("1 S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    [InlineData("٣S")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Fact]
    public void Nanoseconds_are_rounded_up_to_the_clocks_ticks()
    {
        Assert.True(GrpcTimeout.TryParse("1n", out var timeout));
        Assert.Equal(TimeSpan.FromTicks(1), timeout);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void What_has_passed_is_written_as_the_shortest_time(long ticks) => Assert.Equal("1n", GrpcTimeout.Format(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void The_longest_time_of_all_is_written_as_the_longest_that_travels() => Assert.Equal("99999999H", GrpcTimeout.Format(TimeSpan.MaxValue));

    [Fact]
    public void A_written_timeout_is_read_as_at_least_what_it_was_and_hardly_more() => Prop.ForAll<ulong, byte>(static (seed, shift) =>
    {
        var timeout = TimeSpan.FromTicks((long)(seed >> (shift % 62)) & (TimeSpan.TicksPerHour * 99_999_999));
        var text = GrpcTimeout.Format(timeout);
        return text.Length <= GrpcTimeout.MaxLength
            && GrpcTimeout.TryParse(text, out var read)
            && read >= timeout
            && read.Ticks - timeout.Ticks <= Math.Max(1, timeout.Ticks / 1_000_000);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_a_timeout_or_refused() => Prop.ForAll<string>(static text => !GrpcTimeout.TryParse(text, out var timeout) || timeout >= TimeSpan.Zero)
        .QuickCheckThrowOnFailure();
}
