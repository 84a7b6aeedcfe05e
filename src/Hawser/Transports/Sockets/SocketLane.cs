using System.Net.Sockets;

namespace Hawser.Transports;

/// <summary>The one lane of a stream socket. Owns no buffers; the kernel's are all there are.</summary>
/// <remarks>
/// Abort resets a TCP link. On a Unix socket an abort, like a killed process, looks to the peer like an end unless bytes were left unread: the
/// kernel tells it nothing else.
/// </remarks>
internal sealed class SocketLane(Socket socket, string peer) : Lane
{
    private const int Open = 0, Closed = 1, Aborted = 2;

    private SocketReceive? receive;
    private SocketSend? send;
    private int state;
    private volatile bool writesCompleted;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => (receive ??= new SocketReceive(socket, this)).ReceiveAsync(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => (send ??= new SocketSend(socket, this)).SendAsync(bytes);

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers) => (send ??= new SocketSend(socket, this)).SendAsync(buffers);

    public override ValueTask CompleteWritesAsync()
    {
        try
        {
            writesCompleted = true;
            socket.Shutdown(SocketShutdown.Send);
            return default;
        }
        catch (SocketException exception)
        {
            return ValueTask.FromException(Failure(exception.SocketErrorCode));
        }
        catch (ObjectDisposedException)
        {
            return ValueTask.FromException(Failure(SocketError.OperationAborted));
        }
    }

    public override void Abort(long code)
    {
        if (Interlocked.CompareExchange(ref state, Aborted, Open) != Open)
            return;
        socket.Close(timeout: 0); // zero: a reset, and nothing lingers
        DisposeOperations();
    }

    /// <summary>Closes the socket so that what was written still arrives.</summary>
    public void Close()
    {
        if (Interlocked.CompareExchange(ref state, Closed, Open) != Open)
            return;
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            if (receive is not { IsPending: true })
                DiscardUnread();
        }
        catch (SocketException)
        {
            // The peer is gone already; there is nobody left to be polite to.
        }

        socket.Dispose();
        DisposeOperations();
    }

    /// <summary>
    /// Whether the end that a read has found is none. The kernel reports a reset once: if a write of ours was told of it, a read gets 0 as if the
    /// peer had ended its side. But a TCP link that is closed both ways, while we have not ended our side, was reset.
    /// </summary>
    public bool EndIsCut()
    {
        const int TcpProtocol = 6, TcpInfo = 11, StateIsClosed = 7;
        if (writesCompleted || !OperatingSystem.IsLinux() || socket.AddressFamily == AddressFamily.Unix)
            return false;
        Span<byte> tcpState = stackalloc byte[1];
        try
        {
            return socket.GetRawSocketOption(TcpProtocol, TcpInfo, tcpState) == 1 && tcpState[0] == StateIsClosed;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        catch (SocketException)
        {
            return false; // this kernel does not tell
        }
    }

    /// <summary>The exception for an error of this lane's socket.</summary>
    public IOException Failure(SocketError error) => Volatile.Read(ref state) switch
    {
        Aborted => new IOException($"The link to {peer} was aborted by this side."),
        Closed => new IOException($"The link to {peer} was closed by this side."),
        _ => SocketFailure.Cut(peer, error),
    };

    // A socket that is closed with bytes unread resets the link, and the reset overtakes what was written.
    private void DiscardUnread()
    {
        socket.ReceiveTimeout = 1; // ms; should a read start meanwhile, this one must not wait behind it
        Span<byte> discarded = stackalloc byte[4096];
        for (var limit = 4096; limit > 0 && socket.Available > 0; limit--)
        {
            if (socket.Receive(discarded) == 0)
                return;
        }
    }

    private void DisposeOperations()
    {
        receive?.Dispose();
        send?.Dispose();
    }
}
