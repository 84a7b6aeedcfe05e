using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Runs the work of one connection one piece at a time, in order. Uses a thread of the pool only while there is work.</summary>
internal sealed class SerialContext(Connection connection, ILogger logger, TimeProvider timeProvider) : IThreadPoolWorkItem
{
    private static readonly AsyncLocal<Turn?> Current = new();

    private readonly Lock gate = new();
    private readonly Queue<SerialWork> queue = new();
    private readonly HashSet<ConnectionTimer> timers = [];
    private bool isRunning;
    private bool isOver;

    /// <summary>Whether the caller runs on this context now.</summary>
    private bool IsCurrent => Current.Value is { IsOver: false } turn && ReferenceEquals(turn.Context, this);

    internal void Post(Func<ValueTask> work)
    {
        if (TryAdd(new SerialWork(work), isBounded: true) is { } refusal)
            throw new RpcException(refusal) { NotRun = true };
    }

    /// <param name="work">The work.</param>
    /// <param name="isBounded">Whether it is refused when too much waits already; the callbacks of a connection's life never are.</param>
    internal Task<T> InvokeAsync<T>(Func<ValueTask<T>> work, bool isBounded = true)
    {
        if (IsCurrent)
            return work().AsTask();
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var queued = new SerialWork(
            async () =>
            {
                try
                {
                    result.SetResult(await work().ConfigureAwait(false));
                }
                catch (Exception exception)
                {
                    result.SetException(exception);
                }
            },
            () => result.SetException(connection.NotOpenFailure()));
        return TryAdd(queued, isBounded) is { } refusal ? Task.FromException<T>(new RpcException(refusal) { NotRun = true }) : result.Task;
    }

    /// <summary>Adds work that is bounded by something else: calls by the limits of the wire, ticks by their timers, callbacks by their number.</summary>
    internal void Enqueue(Func<ValueTask> work) => TryAdd(new SerialWork(work), isBounded: false);

    internal IDisposable StartTimer(TimeSpan dueTime, TimeSpan period, Func<ValueTask> callback)
    {
        var timer = new ConnectionTimer(this, callback, isOnce: period == Timeout.InfiniteTimeSpan);
        lock (gate)
        {
            if (isOver)
                throw connection.NotOpenFailure();
            timers.Add(timer);
        }

        try
        {
            timer.Start(timeProvider, dueTime, period);
        }
        catch
        {
            Forget(timer);
            throw;
        }

        return timer;
    }

    internal void Forget(ConnectionTimer timer)
    {
        lock (gate)
        {
            timers.Remove(timer);
        }
    }

    /// <summary>Drops what waits, and takes nothing more.</summary>
    internal void End()
    {
        SerialWork[] dropped;
        ConnectionTimer[] stopped;
        lock (gate)
        {
            isOver = true;
            dropped = [.. queue];
            queue.Clear();
            stopped = [.. timers];
            timers.Clear();
        }

        foreach (var timer in stopped)
            timer.Dispose();
        foreach (var work in dropped)
            work.Dropped?.Invoke();
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        while (TryTake(out var work))
        {
            var turn = new Turn(this);
            Current.Value = turn;
            try
            {
                await work.Run().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                ServerLog.PostedWorkFailed(logger, connection.RemoteAddress, exception);
            }

            turn.IsOver = true;
        }
    }

    private bool TryTake(out SerialWork work)
    {
        lock (gate)
        {
            isRunning = queue.TryDequeue(out work);
            return isRunning;
        }
    }

    /// <returns>Why the work is not taken, or null.</returns>
    private Status? TryAdd(in SerialWork work, bool isBounded)
    {
        lock (gate)
        {
            if (isOver)
                return connection.NotOpen();
            if (isBounded && queue.Count >= Connection.MaxPostedWork)
                return new Status(StatusCode.ResourceExhausted, $"{queue.Count} pieces of work wait on the serial context of the connection to {connection.RemoteAddress} already (Connection.MaxPostedWork).");
            queue.Enqueue(work);
            if (isRunning)
                return null;
            isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return null;
    }

    /// <summary>One piece of work while it runs, seen by everything that it calls.</summary>
    private sealed class Turn(SerialContext context)
    {
        internal SerialContext Context => context;

        internal volatile bool IsOver;
    }
}
