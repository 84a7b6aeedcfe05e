namespace Hawser.Transports;

/// <summary><c>tls://host:port</c>: TLS over TCP.</summary>
internal sealed class TlsTransport : Transport
{
    private const string WithCertificate = $"{nameof(ServerTransportOptions)}.{nameof(ServerTransportOptions.WithCertificate)}";

    public override string Scheme => "tls";

    internal override bool HasHosts => true;

    public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        var link = await TcpSockets.ConnectAsync(address, Scheme, cancellationToken).ConfigureAwait(false);
        return TlsConnection.Client(link, address, options.Tls);
    }

    public override async ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken)
    {
        if (options.Tls is not { } tls || !TlsOptions.HasCertificate(tls))
        {
            throw new ArgumentException(
                $"{TcpSockets.Text(address)} cannot be listened on without a certificate; give one with {WithCertificate}.", nameof(options));
        }

        var own = TlsOptions.ForListener(tls);
        return await TcpSockets
            .ListenAsync(address, options.Backlog, socket => TlsConnection.Server(SocketConnection.FromTcp(socket, Scheme), own), cancellationToken)
            .ConfigureAwait(false);
    }
}
