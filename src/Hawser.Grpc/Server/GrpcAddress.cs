using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Hawser.Grpc.Server;

/// <summary>Where to listen: <c>grpc://host:port</c>, <c>grpcs://host:port</c>, or <c>http://host:port</c> for gRPC-Web alone.</summary>
internal static class GrpcAddress
{
    internal static bool IsSecure(Uri address) => string.Equals(address.Scheme, GrpcWire.SecureScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>What is spoken there. One port without TLS cannot speak both: HTTP/1.1 and HTTP/2 are told apart by what TLS agrees on.</summary>
    internal static HttpProtocols ProtocolsOf(Uri address)
    {
        if (IsSecure(address))
            return HttpProtocols.Http1AndHttp2;
        return string.Equals(address.Scheme, GrpcWire.WebScheme, StringComparison.OrdinalIgnoreCase) ? HttpProtocols.Http1 : HttpProtocols.Http2;
    }

    /// <exception cref="ArgumentException">The address has no host or port, or more than those.</exception>
    internal static void Check(Uri address)
    {
        if (address.Host.Length == 0)
            throw new ArgumentException($"'{address.OriginalString}' names no host; write for instance {address.Scheme}://127.0.0.1:4770.", nameof(address));
        if (address.Port < 0)
            throw new ArgumentException($"'{address.OriginalString}' names no port; write for instance {address.Scheme}://{address.Host}:4770.", nameof(address));
        if (address.PathAndQuery is not ("/" or "") || address.UserInfo.Length > 0)
            throw new ArgumentException($"'{address.OriginalString}' has more than a host and a port; write {address.Scheme}://{address.Host}:{address.Port}.", nameof(address));
    }

    /// <exception cref="IOException">The host's name is not known.</exception>
    internal static async ValueTask<IPEndPoint> ResolveAsync(Uri address, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(address.DnsSafeHost, out var literal))
            return new IPEndPoint(literal, address.Port);
        try
        {
            var found = await Dns.GetHostAddressesAsync(address.DnsSafeHost, cancellationToken).ConfigureAwait(false);
            return new IPEndPoint(Array.Find(found, static candidate => candidate.AddressFamily == AddressFamily.InterNetwork) ?? found[0], address.Port);
        }
        catch (SocketException exception)
        {
            throw new IOException($"{address.OriginalString} cannot be listened on: {exception.Message}", exception);
        }
    }
}
