namespace Hawser;

/// <summary>Keeps a channel from knocking too often at a door that does not open. Guarded by the channel's gate, except that ends of attempts are reported without it.</summary>
internal sealed class ConnectBackoff(TimeProvider timeProvider)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private int failures;
    private long failedAt;
    private Status? failure;
    private bool isPermanent;

    private TimeSpan Delay => TimeSpan.FromTicks(Math.Min(Last.Ticks, First.Ticks << Math.Min(failures - 1, 20)));

    /// <summary>How long it is too soon for another attempt; zero when it is not.</summary>
    public TimeSpan TimeLeft
    {
        get
        {
            lock (gate)
            {
                if (failure is null)
                    return TimeSpan.Zero;
                if (isPermanent)
                    return Timeout.InfiniteTimeSpan;
                var left = Delay - timeProvider.GetElapsedTime(failedAt);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Throws the last failure again while it is too soon for another attempt.</summary>
    public void ThrowIfTooSoon()
    {
        lock (gate)
        {
            if (failure is not null && (isPermanent || timeProvider.GetElapsedTime(failedAt) < Delay))
                throw new RpcException(failure) { NotRun = true };
        }
    }

    public void Succeeded()
    {
        lock (gate)
        {
            failures = 0;
            failure = null;
        }
    }

    /// <summary>Notes a failed attempt.</summary>
    /// <param name="status">What callers are told.</param>
    /// <param name="isPermanent">Whether another attempt is of no use.</param>
    public void Failed(Status status, bool isPermanent)
    {
        lock (gate)
        {
            failures++;
            failedAt = timeProvider.GetTimestamp();
            failure = status;
            this.isPermanent = isPermanent;
        }
    }
}
