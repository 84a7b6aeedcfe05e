using System.Threading.Tasks.Sources;

namespace Hawser.Transports;

/// <summary>A read or a write that waits for the other party, reused. Its continuation runs on the thread pool, never on the other party's stack.</summary>
internal sealed class PooledOperation : IValueTaskSource<int>, IValueTaskSource, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<int> _completion;
    private int _result;
    private Exception? _failure;

    /// <summary>Gets ready to wait once more. The earlier wait must be over.</summary>
    public short Start()
    {
        _completion.Reset();
        return _completion.Version;
    }

    public void Complete(int result)
    {
        _result = result;
        _failure = null;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Fail(Exception failure)
    {
        _failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_failure is { } failure)
            _completion.SetException(failure);
        else
            _completion.SetResult(_result);
    }

    int IValueTaskSource<int>.GetResult(short token) => _completion.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _completion.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _completion.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);
}
