using Hawser.Cli.Bench;
using Hawser.Testing;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class ReconnectPauseTests
{
    private readonly ManualTimeProvider clock = new();

    [Fact]
    public async Task Each_pause_is_longer_than_the_one_before_until_half_a_second()
    {
        var pause = new ReconnectPause(clock);
        foreach (var milliseconds in new[] { 10, 20, 40, 80, 160, 320, 500, 500 })
            await AssertLastsAsync(pause, milliseconds);
    }

    [Fact]
    public async Task An_answer_makes_the_next_pause_short_again()
    {
        var pause = new ReconnectPause(clock);
        await AssertLastsAsync(pause, 10);
        await AssertLastsAsync(pause, 20);
        pause.Reset();
        await AssertLastsAsync(pause, 10);
    }

    [Fact]
    public async Task A_server_that_stays_away_for_ten_seconds_is_given_up()
    {
        // 10 + 20 + 40 + 80 + 160 + 320 ms, and 500 ms from then on.
        var pause = new ReconnectPause(clock);
        for (var pauses = 0; pauses < 25; pauses++)
        {
            Assert.False(pause.IsHopeless);
            await WaitAsync(pause, TimeSpan.FromMilliseconds(500));
        }

        Assert.True(pause.IsHopeless);
    }

    [Fact]
    public async Task No_pause_is_longer_than_the_bench()
    {
        var pause = new ReconnectPause(clock);
        var waiting = pause.WaitAsync(clock.GetTimestamp() + TimeSpan.FromMilliseconds(3).Ticks, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMilliseconds(3));
        await waiting;
    }

    private async Task AssertLastsAsync(ReconnectPause pause, int milliseconds)
    {
        var waiting = pause.WaitAsync(long.MaxValue, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;
    }

    private async Task WaitAsync(ReconnectPause pause, TimeSpan time)
    {
        var waiting = pause.WaitAsync(long.MaxValue, TestContext.Current.CancellationToken);
        clock.Advance(time);
        await waiting;
    }
}
