namespace Hawser.Tests.Frames.Hostile;

/// <summary>A clock that jumps as that of a machine which has slept: each timer that came due meanwhile fires once, however often it would have.</summary>
internal sealed class JumpingTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<JumpingTimer> timers = [];
    private TimeSpan elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long until the next timer is due; endless when there is none.</summary>
    public TimeSpan UntilNextTimer
    {
        get
        {
            lock (gate)
                return timers.Count == 0 ? Timeout.InfiniteTimeSpan : timers.Min(static timer => timer.DueAt) - elapsed;
        }
    }

    public void Jump(TimeSpan time)
    {
        JumpingTimer[] due;
        lock (gate)
        {
            elapsed += time;
            due = [.. timers.Where(timer => timer.DueAt <= elapsed)];
        }

        foreach (var timer in due)
            timer.Fire();
    }

    public override long GetTimestamp()
    {
        lock (gate)
            return elapsed.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new JumpingTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class JumpingTimer(JumpingTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public TimeSpan DueAt { get; private set; }

        public void Fire()
        {
            lock (clock.gate)
            {
                if (!clock.timers.Contains(this))
                    return;
                if (period > TimeSpan.Zero)
                    DueAt = clock.elapsed + period;
                else
                    clock.timers.Remove(this);
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                this.period = period;
                DueAt = clock.elapsed + dueTime;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    clock.timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
