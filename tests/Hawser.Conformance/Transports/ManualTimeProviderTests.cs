using Hawser.Testing;

namespace Hawser.Conformance.Transports;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Time_stands_still_until_it_is_moved()
    {
        var timestamp = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(_clock.Start + TimeSpan.FromSeconds(3), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromSeconds(3), _clock.GetElapsedTime(timestamp));
    }

    [Fact]
    public void Timers_fire_in_order_and_at_their_time()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        void Fire(object? name) => fired.Add(((string)name!, _clock.GetUtcNow() - _clock.Start));
        using var late = _clock.CreateTimer(Fire, "late", TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using var often = _clock.CreateTimer(Fire, "often", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using var never = _clock.CreateTimer(Fire, "never", Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(
            [("often", TimeSpan.FromSeconds(2)), ("often", TimeSpan.FromSeconds(4)), ("late", TimeSpan.FromSeconds(5)), ("often", TimeSpan.FromSeconds(6))],
            fired);
    }

    [Fact]
    public void A_timer_that_was_disposed_does_not_fire_and_cannot_be_changed()
    {
        var timer = _clock.CreateTimer(_ => Assert.Fail("It fired."), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        timer.Dispose();

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        Assert.Equal(0, _clock.PendingTimers);
    }

    [Fact]
    public void A_calendar_that_jumps_does_not_fire_timers()
    {
        using var timer = _clock.CreateTimer(_ => Assert.Fail("It fired."), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var timestamp = _clock.GetTimestamp();

        _clock.SetUtcNow(_clock.Start.AddYears(1));

        Assert.Equal(TimeSpan.Zero, _clock.GetElapsedTime(timestamp));
    }

    [Fact]
    public async Task Delays_and_cancellations_wait_for_it()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2), _clock);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.False(deadline.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(deadline.IsCancellationRequested);
    }
}
