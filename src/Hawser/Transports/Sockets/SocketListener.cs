using System.Net.Sockets;

namespace Hawser.Transports;

/// <summary>Accepts from one listening socket.</summary>
internal sealed class SocketListener(Socket socket, Uri address, Func<Socket, TransportConnection> wrap) : TransportListener
{
    private volatile bool disposed;

    public override Uri Address => address;

    public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (disposed && exception is SocketException or ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (IsTroubleOfOneLink(exception.SocketErrorCode))
            {
                continue;
            }
            catch (SocketException exception)
            {
                throw SocketFailure.Accept(address.OriginalString, exception);
            }

            try
            {
                return wrap(accepted);
            }
            catch (SocketException)
            {
                accepted.Dispose(); // gone between connecting and being accepted
            }
        }
    }

    public override ValueTask DisposeAsync()
    {
        disposed = true;
        socket.Dispose(); // of a Unix socket this removes the file, too
        return default;
    }

    private static bool IsTroubleOfOneLink(SocketError error) => error
        is SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.NetworkDown or SocketError.NetworkUnreachable
        or SocketError.HostDown or SocketError.HostUnreachable or SocketError.TimedOut or SocketError.ProtocolType;
}
