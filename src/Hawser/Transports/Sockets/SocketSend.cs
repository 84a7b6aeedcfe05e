using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Hawser.Transports;

/// <summary>The writing direction of a socket: one operation, reused for every write, single or gathered. It ends when every byte was taken.</summary>
/// <remarks>
/// The continuation runs on the thread that completes the operation, as in <see cref="SocketReceive"/>. Nothing is allocated, except that the
/// runtime allocates some 25 bytes per buffer for a gathered write of more than 8; one send is worth more than that.
/// </remarks>
internal sealed class SocketSend(Socket socket, SocketLane lane)
    : SocketAsyncEventArgs(unsafeSuppressExecutionContextFlow: true), IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> completion;

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
            return default;
        try
        {
            if (BufferList is not null)
                BufferList = null;
            SetBuffer(MemoryMarshal.AsMemory(bytes));
            return Start();
        }
        catch (ObjectDisposedException)
        {
            return ValueTask.FromException(lane.Failure(SocketError.OperationAborted));
        }
    }

    public ValueTask SendAsync(IList<ArraySegment<byte>> buffers)
    {
        if (buffers.Count <= 1)
            return buffers.Count == 0 ? default : SendAsync(buffers[0].AsMemory());
        try
        {
            if (!MemoryBuffer.IsEmpty)
                SetBuffer(default);
            BufferList = buffers;
            return Start();
        }
        catch (ObjectDisposedException)
        {
            return ValueTask.FromException(lane.Failure(SocketError.OperationAborted));
        }
    }

    private ValueTask Start()
    {
        completion.Reset();
        if (!SendRest(out var error))
            return new ValueTask(this, completion.Version);
        return error == SocketError.Success ? default : ValueTask.FromException(lane.Failure(error));
    }

    /// <summary>Sends until everything is gone, an error comes, or the socket makes it wait.</summary>
    /// <returns>False if it has to wait: <see cref="OnCompleted"/> goes on.</returns>
    private bool SendRest(out SocketError error)
    {
        do
        {
            error = SocketError.Success;
            if (socket.SendAsync(this))
                return false;
            error = SocketError;
        }
        while (error == SocketError.Success && HasRest());
        return true;
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        var error = SocketError;
        try
        {
            if (error == SocketError.Success && HasRest() && !SendRest(out error))
                return;
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.OperationAborted;
        }

        if (error == SocketError.Success)
            completion.SetResult(true);
        else
            completion.SetException(lane.Failure(error));
    }

    /// <summary>After a send: whether bytes are left, which are then what the next send sends.</summary>
    private bool HasRest()
    {
        var sent = BytesTransferred;
        if (BufferList is not { } buffers)
        {
            if (sent == Count)
                return false;
            SetBuffer(Offset + sent, Count - sent);
            return true;
        }

        var index = 0;
        while (index < buffers.Count && sent >= buffers[index].Count)
            sent -= buffers[index++].Count;
        if (index == buffers.Count)
            return false;

        // Sockets take everything at once on every system we know; a list for the rest is rare enough to be new.
        var rest = new List<ArraySegment<byte>>(buffers.Count - index) { buffers[index][sent..] };
        while (++index < buffers.Count)
            rest.Add(buffers[index]);
        BufferList = rest;
        return true;
    }

    void IValueTaskSource.GetResult(short token) => completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => completion.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        completion.OnCompleted(continuation, state, token, flags);
}
