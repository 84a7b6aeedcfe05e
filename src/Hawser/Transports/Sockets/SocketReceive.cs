using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Hawser.Transports;

/// <summary>The reading direction of a socket: one operation, reused for every read, so that a read allocates nothing.</summary>
/// <remarks>The continuation runs on the thread that completes the operation; a hop to another thread would cost more than the read.</remarks>
internal sealed class SocketReceive(Socket socket, SocketLane lane)
    : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true), IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> completion;
    private volatile bool pending;

    /// <summary>Whether somebody waits for bytes, which then are not left unread in the socket.</summary>
    public bool IsPending => pending;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            SetBuffer(buffer);
            completion.Reset();
            pending = true;
            if (socket.ReceiveAsync(this))
                return new ValueTask<int>(this, completion.Version);
        }
        catch (ObjectDisposedException)
        {
            pending = false;
            return ValueTask.FromException<int>(lane.Failure(SocketError.OperationAborted));
        }

        pending = false;
        return TryGetResult(out var failure) ? new ValueTask<int>(BytesTransferred) : ValueTask.FromException<int>(failure);
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        pending = false;
        if (TryGetResult(out var failure))
            completion.SetResult(BytesTransferred);
        else
            completion.SetException(failure);
    }

    private bool TryGetResult([NotNullWhen(false)] out IOException? failure)
    {
        var error = SocketError;
        if (error == SocketError.Success && BytesTransferred == 0 && lane.EndIsCut())
            error = SocketError.ConnectionReset;
        failure = error == SocketError.Success ? null : lane.Failure(error);
        return failure is null;
    }

    int IValueTaskSource<int>.GetResult(short token) => completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => completion.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        completion.OnCompleted(continuation, state, token, flags);
}
