namespace Hawser;

/// <summary>A token bucket for new connections, shared by a server's listeners. Those above the rate wait where they are: in the listener's backlog.</summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class AcceptRate
{
    private readonly Lock gate = new();
    private readonly TimeProvider timeProvider;
    private readonly double perSecond;
    private readonly double burst;
    private double tokens;
    private long filledAt;

    private AcceptRate(double perSecond, int burst, TimeProvider timeProvider)
    {
        this.perSecond = perSecond;
        this.burst = burst;
        this.timeProvider = timeProvider;
        tokens = burst;
        filledAt = timeProvider.GetTimestamp();
    }

    /// <returns>Null when there is no limit.</returns>
    internal static AcceptRate? Create(HawserServerOptions options) =>
        options.MaxAcceptRate is { } rate ? new AcceptRate(rate, options.AcceptBurst, options.TimeProvider) : null;

    /// <summary>Waits until a connection may be accepted; <see cref="Take"/> then says that one was. Listeners that accept at the same moment borrow from the time to come.</summary>
    internal async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (TimeToNext() is { } wait)
            await Task.Delay(wait, timeProvider, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for a place and takes it at once, where connections have been accepted before they can be counted.</summary>
    internal async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        while (!TryTake())
            await Task.Delay(TimeToNext() ?? TimeSpan.Zero, timeProvider, cancellationToken).ConfigureAwait(false);
    }

    internal void Take()
    {
        lock (gate)
        {
            Fill();
            tokens--;
        }
    }

    private bool TryTake()
    {
        lock (gate)
        {
            Fill();
            if (tokens < 1)
                return false;
            tokens--;
            return true;
        }
    }

    private TimeSpan? TimeToNext()
    {
        lock (gate)
        {
            Fill();

            // Timers resolve milliseconds, and must not fire a moment too early.
            return tokens >= 1 ? null : TimeSpan.FromMilliseconds(Math.Ceiling((1 - tokens) / perSecond * 1000));
        }
    }

    private void Fill()
    {
        var now = timeProvider.GetTimestamp();
        tokens = Math.Min(burst, tokens + (timeProvider.GetElapsedTime(filledAt, now).TotalSeconds * perSecond));
        filledAt = now;
    }
}
