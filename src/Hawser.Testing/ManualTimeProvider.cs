namespace Hawser.Testing;

/// <summary>A clock that stands still until it is told to move, for tests that depend on time and not on speed.</summary>
/// <remarks>
/// Safe from any thread. Timers fire within <see cref="Advance"/>, on its caller's thread, in the order in which they are due, and each sees
/// the time at which it is due. What a timer starts, such as the continuation of a task, may go on after <see cref="Advance"/> has returned:
/// await it rather than look right away.
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private readonly DateTimeOffset start;
    private DateTimeOffset utcNow;
    private TimeSpan elapsed;
    private long sequence;

    /// <summary>A clock that starts at midnight, UTC, of 1 January 2026.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>A clock that starts at a given time.</summary>
    /// <param name="start">The first <see cref="GetUtcNow"/>.</param>
    public ManualTimeProvider(DateTimeOffset start)
    {
        this.start = start.ToUniversalTime();
        utcNow = this.start;
    }

    /// <summary>The time at which the clock started.</summary>
    public DateTimeOffset Start => start;

    /// <summary>UTC, so that tests give the same everywhere.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>10,000,000: a timestamp counts ticks of 100 ns.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are waiting to fire; lets a test wait until the code under test has set its timer.</summary>
    public int PendingTimers
    {
        get
        {
            lock (gate)
                return timers.Count;
        }
    }

    /// <summary>How long it is until the next timer fires; null when none is waiting. Advancing by it fires that one, and those that are due with it.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (gate)
                return timers.Count == 0 ? null : timers.Min(static timer => timer.DueAt) is var due && due > elapsed ? due - elapsed : TimeSpan.Zero;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return utcNow;
    }

    /// <summary>Time passed since the start, in ticks. Only <see cref="Advance"/> moves it.</summary>
    /// <returns>Ticks of 100 ns.</returns>
    public override long GetTimestamp()
    {
        lock (gate)
            return elapsed.Ticks;
    }

    /// <summary>Lets time pass, and fires the timers that become due.</summary>
    /// <param name="time">How much; not negative. Zero fires what is due now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        TimeSpan target;
        lock (gate)
            target = elapsed + time;
        while (NextDue(target) is { } timer)
            timer.Fire();
    }

    /// <summary>Sets the calendar clock, forwards or backwards, as an administrator would. No time passes: timers and timestamps do not notice.</summary>
    /// <param name="utcNow">The new time.</param>
    public void SetUtcNow(DateTimeOffset utcNow)
    {
        lock (gate)
            this.utcNow = utcNow.ToUniversalTime();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets a timer, or stops it if the due time is infinite.</summary>
    internal bool Schedule(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            if (timer.IsDisposed)
                return false;
            timers.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Add(timer, elapsed + dueTime);
            return true;
        }
    }

    /// <summary>Stops a timer for good.</summary>
    internal void Remove(ManualTimer timer)
    {
        lock (gate)
        {
            timer.IsDisposed = true;
            timers.Remove(timer);
        }
    }

    // Moves the clock to the next timer that is due, or to the target if none is.
    private ManualTimer? NextDue(TimeSpan target)
    {
        lock (gate)
        {
            var timer = timers.MinBy(static one => (one.DueAt, one.Sequence));
            if (timer is null || timer.DueAt > target)
            {
                MoveTo(target);
                return null;
            }

            MoveTo(timer.DueAt);
            timers.Remove(timer);
            if (timer.Period > TimeSpan.Zero)
                Add(timer, timer.DueAt + timer.Period);
            return timer;
        }
    }

    private void Add(ManualTimer timer, TimeSpan dueAt)
    {
        timer.DueAt = dueAt;
        timer.Sequence = sequence++;
        timers.Add(timer);
    }

    // Another thread, or a timer's callback, may have advanced further meanwhile; time never goes back.
    private void MoveTo(TimeSpan target)
    {
        if (target <= elapsed)
            return;
        utcNow += target - elapsed;
        elapsed = target;
    }
}
