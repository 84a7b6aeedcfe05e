using System.Threading.Tasks.Sources;

namespace Hawser.Grpc.Client;

/// <summary>Wakes one waiter, at once or when it comes. Firing twice before it comes is firing once. Waiting allocates nothing.</summary>
/// <param name="runsInline">Whether the waiter goes on within <see cref="Fire"/>; else on a thread of the pool.</param>
internal sealed class AsyncSignal(bool runsInline) : IValueTaskSource
{
    private readonly Lock gate = new();
    private ManualResetValueTaskSourceCore<bool> source = new() { RunContinuationsAsynchronously = !runsInline };
    private bool isFired;
    private bool isWaiting;

    internal void Fire()
    {
        lock (gate)
        {
            if (!isWaiting)
            {
                isFired = true;
                return;
            }

            isWaiting = false;
        }

        source.SetResult(true);
    }

    internal ValueTask WaitAsync()
    {
        lock (gate)
        {
            if (isFired)
            {
                isFired = false;
                return default;
            }

            isWaiting = true;
            source.Reset();
            return new ValueTask(this, source.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
