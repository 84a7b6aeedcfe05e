using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Keeps a channel from knocking too often at a door that does not open. Safe from any thread.</summary>
internal sealed class ReconnectBackoff(ReconnectOptions options, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>So many connections in a row may be lost young; then callers are held back as after a failed attempt, or a server that drops every connection would be met without end.</summary>
    private const int ForgivenLosses = 5;

    private readonly Lock gate = new();
    private readonly Random random = options.Seed is { } seed ? new Random(seed) : new Random();
    private int failures;
    private int losses;
    private long openedAt;
    private long delayedAt;
    private TimeSpan delay;
    private Status? failure;
    private bool isPermanent;

    /// <summary>How long it is too soon for another attempt: zero when it is not, infinite when another attempt is of no use.</summary>
    internal TimeSpan TimeLeft
    {
        get
        {
            lock (gate)
                return TimeLeftLocked();
        }
    }

    /// <summary>Why it is too soon for another attempt; null when it is not.</summary>
    internal Status? TooSoon
    {
        get
        {
            lock (gate)
                return TimeLeftLocked() == TimeSpan.Zero ? null : failure;
        }
    }

    /// <summary>Throws the last failure again while it is too soon for another attempt.</summary>
    internal void ThrowIfTooSoon()
    {
        if (TooSoon is { } reason)
            throw new RpcException(reason) { NotRun = true };
    }

    /// <summary>There is a connection.</summary>
    internal void Opened()
    {
        lock (gate)
        {
            openedAt = timeProvider.GetTimestamp();
            failure = null;
        }
    }

    /// <summary>Notes a failed attempt.</summary>
    /// <param name="reason">What callers are told while it is too soon for another.</param>
    /// <param name="isFinal">Whether another attempt is of no use.</param>
    /// <returns>The delay; null when another attempt is of no use.</returns>
    internal TimeSpan? Failed(Status reason, bool isFinal = false)
    {
        lock (gate)
        {
            failures++;
            failure = reason;
            isPermanent = isFinal;
            delayedAt = timeProvider.GetTimestamp();
            delay = Choose(reason);
            return isFinal ? null : delay;
        }
    }

    /// <summary>Notes that an open connection was lost. Whoever wants to call need not wait, since the last attempt succeeded, unless that goes on and on.</summary>
    /// <returns>The delay after which a channel connects again that nobody uses.</returns>
    internal TimeSpan Lost(Status reason)
    {
        lock (gate)
        {
            var chosen = Ended(reason);
            losses = failures == 0 ? 0 : losses + 1;

            // Counted from when it was made: one that has lived for as long as the delay is followed at once.
            if (losses > ForgivenLosses)
                Hold(chosen, reason, openedAt);
            return chosen;
        }
    }

    /// <summary>Notes that the server of an open connection takes no new calls. Whoever wants to call need not wait: there may be another.</summary>
    /// <returns>The delay after which a channel connects again that nobody uses.</returns>
    internal TimeSpan Left(Status reason)
    {
        lock (gate)
            return Ended(reason);
    }

    /// <summary>Has nobody try before a delay has passed.</summary>
    internal void Insist(TimeSpan time, Status reason)
    {
        lock (gate)
            Hold(time, reason, timeProvider.GetTimestamp());
    }

    /// <summary>The delay has passed.</summary>
    internal void Waited()
    {
        lock (gate)
        {
            if (!isPermanent)
                failure = null;
        }
    }

    /// <summary>Forgets all failures.</summary>
    internal void Clear()
    {
        lock (gate)
        {
            failures = 0;
            losses = 0;
            failure = null;
            isPermanent = false;
        }
    }

    /// <summary>A connection that has lived for long enough lets the failures before it be forgotten.</summary>
    private TimeSpan Ended(Status reason)
    {
        failures = timeProvider.GetElapsedTime(openedAt) >= options.StablePeriod ? 0 : failures + 1;
        return Choose(reason);
    }

    private void Hold(TimeSpan time, Status reason, long from)
    {
        failure = reason;
        isPermanent = false;
        delayedAt = from;
        delay = time;
    }

    private TimeSpan TimeLeftLocked()
    {
        if (failure is null)
            return TimeSpan.Zero;
        if (isPermanent)
            return Timeout.InfiniteTimeSpan;
        var left = delay - timeProvider.GetElapsedTime(delayedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private TimeSpan Choose(Status reason)
    {
        // The exponent is bounded so that the power stays finite; the cap is reached long before.
        var most = Math.Min(options.MaxBackoff.TotalSeconds, options.InitialBackoff.TotalSeconds * Math.Pow(options.Multiplier, Math.Clamp(failures - 1, 0, 64)));
        var proposed = TimeSpan.FromSeconds(most * random.NextDouble());
        if (options.Backoff is not { } choose)
            return proposed;
        try
        {
            var chosen = choose(new ReconnectContext(failures, reason, proposed));
            return TimeSpan.FromTicks(Math.Clamp(chosen.Ticks, 0, TimeSpan.TicksPerDay));
        }
        catch (Exception exception)
        {
            // The channel must come back, whatever the application's rule does.
            ChannelLog.BackoffFailed(logger, proposed, exception);
            return proposed;
        }
    }
}
