using System.Net.Sockets;

namespace Hawser.Transports;

/// <summary>
/// <c>unix:/path</c>, <c>unix:relative</c> or <c>unix:///path</c>: Unix sockets. The file is this user's only (mode 0600) and goes with the listener.
/// </summary>
internal sealed class UnixTransport : Transport
{
    public override string Scheme => "unix";

    public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        var file = UnixSocketFile.Parse(address);
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(file.EndPoint, cancellationToken).ConfigureAwait(false);
            return SocketConnection.FromUnix(socket, file.Address);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw IsMissingFile(exception)
                ? new IOException($"Nothing listens on {file.Address} (no such file).", exception)
                : SocketFailure.Connect(file.Address, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var file = UnixSocketFile.Parse(address);
        var socket = NewSocket();
        try
        {
            file.RemoveIfStale();
            socket.Bind(file.EndPoint);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite); // before listening, so that nobody slips in
            socket.Listen(options.Backlog);
            return new(new SocketListener(socket, new Uri(file.Address), accepted => SocketConnection.FromUnix(accepted, file.Address)));
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw IsMissingFile(exception)
                ? new IOException($"{file.Address} cannot be listened on (its directory does not exist).", exception)
                : SocketFailure.Listen(file.Address, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            socket.Dispose();
            throw new IOException($"{file.Address} cannot be listened on (permission denied).", exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The runtime reports a missing file or directory (ENOENT) as this.
    private static bool IsMissingFile(SocketException exception) => exception.SocketErrorCode == SocketError.AddressNotAvailable;

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
