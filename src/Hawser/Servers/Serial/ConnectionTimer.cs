namespace Hawser;

/// <summary>A timer whose callback runs on a serial context. At most one of its ticks is queued or runs at any time.</summary>
internal sealed class ConnectionTimer(SerialContext context, Func<ValueTask> callback, bool isOnce) : IDisposable
{
    private readonly Lock gate = new();
    private ITimer? timer;
    private int isQueued;
    private volatile bool isStopped;

    internal void Start(TimeProvider timeProvider, TimeSpan dueTime, TimeSpan period)
    {
        var started = timeProvider.CreateTimer(static state => ((ConnectionTimer)state!).OnTick(), this, dueTime, period);
        lock (gate)
        {
            if (!isStopped)
            {
                timer = started;
                return;
            }
        }

        started.Dispose();
    }

    public void Dispose()
    {
        lock (gate)
        {
            isStopped = true;
            timer?.Dispose();
        }

        context.Forget(this);
    }

    private void OnTick()
    {
        if (Interlocked.Exchange(ref isQueued, 1) == 0)
            context.Enqueue(RunAsync);
    }

    private async ValueTask RunAsync()
    {
        try
        {
            if (!isStopped)
                await callback().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref isQueued, 0);
            if (isOnce)
                Dispose();
        }
    }
}
