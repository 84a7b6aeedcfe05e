using System.Threading.Tasks.Sources;

namespace Hawser.Transports;

/// <summary>A read or a write that waits for the other party, reused. Its continuation runs on the thread pool, never on the other party's stack.</summary>
internal sealed class PooledOperation : IValueTaskSource<int>, IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<int> completion;
    private int result;
    private Exception? failure;

    /// <summary>Gets ready to wait once more. The earlier wait must be over.</summary>
    public short Start()
    {
        completion.Reset();
        return completion.Version;
    }

    public void Complete(int result)
    {
        this.result = result;
        failure = null;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Fail(Exception failure)
    {
        this.failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (failure is { } thrown)
            completion.SetException(thrown);
        else
            completion.SetResult(result);
    }

    int IValueTaskSource<int>.GetResult(short token) => completion.GetResult(token);

    void IValueTaskSource.GetResult(short token) => completion.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => completion.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        completion.OnCompleted(continuation, state, token, flags);
}
