using System.Net;
using System.Net.Sockets;

namespace Hawser.Transports;

/// <summary>Makes TCP sockets from addresses, for plain TCP and for TLS; what QUIC shares with them is how a name is read and resolved.</summary>
internal static class TcpSockets
{
    /// <summary>Connects to the first of a host's addresses that answers.</summary>
    public static async ValueTask<SocketConnection> ConnectAsync(Uri address, string scheme, CancellationToken cancellationToken)
    {
        if (address.Port == 0)
            throw new ArgumentException($"Port 0 of {Text(address)} can be listened on only; name the port to connect to.", nameof(address));

        SocketException? failure = null;
        foreach (var ip in await ResolveAsync(address, cancellationToken).ConfigureAwait(false))
        {
            var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(ip, address.Port), cancellationToken).ConfigureAwait(false);
                return SocketConnection.FromTcp(socket, scheme);
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                failure = exception;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw SocketFailure.Connect(Text(address), failure!);
    }

    /// <summary>Listens on the first of a host's addresses that can be listened on.</summary>
    public static async ValueTask<SocketListener> ListenAsync(
        Uri address, int backlog, Func<Socket, TransportConnection> wrap, CancellationToken cancellationToken)
    {
        SocketException? failure = null;
        foreach (var ip in await ResolveAsync(address, cancellationToken).ConfigureAwait(false))
        {
            var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (ip.Equals(IPAddress.IPv6Any))
                    socket.DualMode = true;
                socket.Bind(new IPEndPoint(ip, address.Port));
                socket.Listen(backlog);
                var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                return new SocketListener(socket, new Uri($"{address.Scheme}://{address.Host}:{port}"), wrap);
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                failure = exception;
            }
        }

        throw SocketFailure.Listen(Text(address), failure!);
    }

    /// <summary>The address as its user wrote it, without what a URI adds.</summary>
    public static string Text(Uri address) => $"{address.Scheme}://{address.Host}:{address.Port}";

    /// <summary>The addresses of a host; never none. IPv4 comes first, so that <c>localhost</c> is the same on both sides.</summary>
    public static async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(Uri address, CancellationToken cancellationToken)
    {
        if (address.Port < 0)
            throw new ArgumentException($"'{address.OriginalString}' names no port; write {address.Scheme}://{address.Host}:PORT.", nameof(address));
        if (IPAddress.TryParse(address.Host, out var ip))
            return [ip];

        var host = address.IdnHost;
        try
        {
            var found = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            if (found.Length == 0)
                throw new SocketException((int)SocketError.HostNotFound);
            return [.. found.OrderBy(one => one.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)];
        }
        catch (SocketException exception)
        {
            throw SocketFailure.Resolve(host, Text(address), exception);
        }
    }
}
