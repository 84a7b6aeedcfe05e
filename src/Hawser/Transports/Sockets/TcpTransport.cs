namespace Hawser.Transports;

/// <summary><c>tcp://host:port</c>: plain TCP, over IPv4 and IPv6.</summary>
internal sealed class TcpTransport : Transport
{
    public override string Scheme => "tcp";

    internal override bool HasHosts => true;

    public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken) =>
        await TcpSockets.ConnectAsync(address, Scheme, cancellationToken).ConfigureAwait(false);

    public override async ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
        await TcpSockets.ListenAsync(address, options.Backlog, socket => SocketConnection.FromTcp(socket, Scheme), cancellationToken).ConfigureAwait(false);
}
