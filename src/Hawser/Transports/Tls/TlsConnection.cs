using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>A link through TLS over TCP, of either side.</summary>
internal sealed class TlsConnection : TransportConnection
{
    private readonly SocketConnection _link;
    private readonly LaneStream _below;
    private readonly SslStream _stream;
    private readonly TlsLane _lane;
    private readonly Func<TlsConnection, CancellationToken, Task> _authenticate;
    private readonly string _peer;
    private X509Certificate2? _remoteCertificate;

    private TlsConnection(SocketConnection link, string peer, Func<TlsConnection, CancellationToken, Task> authenticate)
    {
        _link = link;
        _peer = peer;
        _authenticate = authenticate;
        _below = new LaneStream(link.FirstLane);
        _stream = new SslStream(_below, leaveInnerStreamOpen: true);
        _lane = new TlsLane(_stream, _below, link.FirstLane, peer);
    }

    public override string RemoteAddress => _link.RemoteAddress;

    public override string LocalAddress => _link.LocalAddress;

    public override string RemoteHost => _link.RemoteHost;

    public override X509Certificate2? RemoteCertificate => _remoteCertificate;

    public override Lane FirstLane => _lane;

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

    public override ValueTask HandshakeAsync(CancellationToken cancellationToken) => new(_authenticate(this, cancellationToken));

    public override async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _remoteCertificate?.Dispose();
    }

    private async Task AuthenticateAsync(
        Func<SslStream, Task> authenticate,
        CertificateVerdict verdict,
        string? host,
        List<SslApplicationProtocol> protocols,
        CancellationToken cancellationToken)
    {
        // Reads below take no token, so giving up means dropping the link.
        using var givingUp = cancellationToken.UnsafeRegister(static link => ((SocketConnection)link!).FirstLane.Abort(0), _link);
        try
        {
            await authenticate(_stream).ConfigureAwait(false);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The TLS handshake with {_peer} was given up.", exception, cancellationToken);
        }
        catch (AuthenticationException exception)
        {
            throw new AuthenticationException(verdict.Describe(_peer, host) ?? TlsOptions.DescribeFailure(_peer, exception), exception);
        }
        catch (ObjectDisposedException exception)
        {
            throw new IOException($"The TLS handshake with {_peer} failed: this side closed the link.", exception);
        }
        catch (IOException exception) when (_below.HasEnded)
        {
            throw new IOException($"The TLS handshake with {_peer} failed: the peer closed the link. Does it speak TLS?", exception);
        }

        if (!protocols.Contains(_stream.NegotiatedApplicationProtocol))
            throw new AuthenticationException($"The peer at {_peer} did not agree to speak '{string.Join("' or '", protocols)}' (ALPN). Is it a Hawser peer?");
        _remoteCertificate = _stream.RemoteCertificate is { } certificate ? certificate as X509Certificate2 ?? new X509Certificate2(certificate) : null;
    }
}
