namespace Hawser.Testing;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>, whose lock guards the properties.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
{
    public TimeSpan DueAt { get; set; }

    public TimeSpan Period { get; set; }

    /// <summary>The order in which timers that are due at the same time fire.</summary>
    public long Sequence { get; set; }

    public bool IsDisposed { get; set; }

    public void Fire() => callback(state);

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        RequireTime(dueTime, nameof(dueTime));
        RequireTime(period, nameof(period));
        return clock.Schedule(this, dueTime, period);
    }

    public void Dispose() => clock.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private static void RequireTime(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, time, "A timer's times are not negative, except for Timeout.InfiniteTimeSpan.");
    }
}
