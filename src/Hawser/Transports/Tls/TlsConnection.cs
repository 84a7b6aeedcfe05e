using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>A link through TLS over TCP, of either side.</summary>
internal sealed class TlsConnection : TransportConnection
{
    private readonly SocketConnection link;
    private readonly LaneStream below;
    private readonly SslStream stream;
    private readonly TlsLane lane;
    private readonly Func<TlsConnection, CancellationToken, Task> authenticate;
    private readonly string peer;
    private X509Certificate2? remoteCertificate;

    private TlsConnection(SocketConnection link, string peer, Func<TlsConnection, CancellationToken, Task> authenticate)
    {
        this.link = link;
        this.peer = peer;
        this.authenticate = authenticate;
        below = new LaneStream(link.FirstLane);
        stream = new SslStream(below, leaveInnerStreamOpen: true);
        lane = new TlsLane(stream, below, link.FirstLane, peer);
    }

    public override string RemoteAddress => link.RemoteAddress;

    public override string LocalAddress => link.LocalAddress;

    public override string RemoteHost => link.RemoteHost;

    public override X509Certificate2? RemoteCertificate => remoteCertificate;

    public override Lane FirstLane => lane;

    /// <summary>The connecting side.</summary>
    public static TlsConnection Client(SocketConnection link, Uri address, SslClientAuthenticationOptions? options)
    {
        var verdict = new CertificateVerdict(options?.RemoteCertificateValidationCallback);
        var own = TlsOptions.ForClient(options, address, verdict);
        return new TlsConnection(link, TcpSockets.Text(address), (connection, cancellationToken) => connection.AuthenticateAsync(
            stream => stream.AuthenticateAsClientAsync(own, cancellationToken), verdict, own.TargetHost, own.ApplicationProtocols!, cancellationToken));
    }

    /// <summary>The accepting side.</summary>
    public static TlsConnection Server(SocketConnection link, SslServerAuthenticationOptions options) =>
        new(link, link.RemoteAddress, (connection, cancellationToken) =>
        {
            var verdict = new CertificateVerdict(options.RemoteCertificateValidationCallback);
            var own = TlsOptions.ForServer(options, verdict);
            return connection.AuthenticateAsync(
                stream => stream.AuthenticateAsServerAsync(own, cancellationToken), verdict, host: null, own.ApplicationProtocols!, cancellationToken);
        });

    public override ValueTask HandshakeAsync(CancellationToken cancellationToken) => new(authenticate(this, cancellationToken));

    public override async ValueTask DisposeAsync()
    {
        await link.DisposeAsync().ConfigureAwait(false);
        await lane.DisposeStreamAsync().ConfigureAwait(false);

        // The certificate stays: close callbacks, and handlers that run on, ask who the peer was.
    }

    private async Task AuthenticateAsync(
        Func<SslStream, Task> authenticate,
        CertificateVerdict verdict,
        string? host,
        List<SslApplicationProtocol> protocols,
        CancellationToken cancellationToken)
    {
        // Reads below take no token, so giving up means dropping the link.
        using var givingUp = cancellationToken.UnsafeRegister(static link => ((SocketConnection)link!).FirstLane.Abort(0), link);
        try
        {
            await authenticate(stream).ConfigureAwait(false);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The TLS handshake with {peer} was given up.", exception, cancellationToken);
        }
        catch (AuthenticationException exception)
        {
            throw new AuthenticationException(verdict.Describe(peer, host) ?? TlsOptions.DescribeFailure(peer, exception), exception);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException($"The TLS handshake with {peer} failed: this side closed the link.", exception);
        }
        catch (IOException exception) when (below.HasEnded)
        {
            throw new IOException($"The TLS handshake with {peer} failed: the peer closed the link. Does it speak TLS?", exception);
        }

        if (!protocols.Contains(stream.NegotiatedApplicationProtocol))
            throw new AuthenticationException($"The peer at {peer} did not agree to speak '{string.Join("' or '", protocols)}' (ALPN). Is it a Hawser peer?");
        lane.Begin();
        remoteCertificate = stream.RemoteCertificate is { } certificate ? certificate as X509Certificate2 ?? new X509Certificate2(certificate) : null;
    }
}
