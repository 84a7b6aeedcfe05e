using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>What a server tells its transport beyond the address.</summary>
/// <remarks>Immutable and safe from any thread; certificates that it names must live as long as the listener and its connections.</remarks>
public sealed class ServerTransportOptions
{
    /// <summary>
    /// TLS settings; <c>tls://</c>, <c>quic://</c> and <c>grpcs://</c> cannot listen without a certificate in them. The protocol <c>hawser/1</c> is required of clients
    /// (ALPN) unless others are named here; <see cref="SslServerAuthenticationOptions.ClientCertificateRequired"/> requires a client certificate that
    /// validates. The object is read, not changed.
    /// </summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>How many links may wait to be accepted; 512 by default.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>What transports that have windows, lanes and a handshake of their own must know; the server's.</summary>
    internal ConnectionLimits Limits { get; private init; } = new();

    /// <summary>Serves TLS with a certificate, and asks clients for none.</summary>
    /// <param name="certificate">The certificate with its private key; must live as long as the listener and its connections.</param>
    /// <param name="intermediates">The authorities between it and the root, which clients are told; none by default.</param>
    /// <returns>New options.</returns>
    public static ServerTransportOptions WithCertificate(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var context = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        return new() { Tls = new SslServerAuthenticationOptions { ServerCertificateContext = context } };
    }

    /// <summary>
    /// The same, for clients only that show a certificate which one of these authorities has signed, directly or through others (mutual TLS). A handler finds the
    /// certificate in <c>CallContext.Connection.RemoteCertificate</c>.
    /// </summary>
    /// <param name="authorities">The authorities' own, self-signed certificates; not empty. The system's roots do not count.</param>
    /// <returns>New options.</returns>
    /// <exception cref="ArgumentException">There is no certificate.</exception>
    public ServerTransportOptions RequiringClientCertificates(X509Certificate2Collection authorities)
    {
        var tls = TlsOptions.Copy(Tls ?? new SslServerAuthenticationOptions());
        tls.ClientCertificateRequired = true;
        tls.CertificateChainPolicy = TrustedAuthorities.ToPolicy(authorities);
        return new ServerTransportOptions { Tls = tls, Backlog = Backlog, Limits = Limits };
    }

    /// <summary>The same for a server with such limits.</summary>
    internal ServerTransportOptions WithLimits(ConnectionLimits limits) => new() { Tls = Tls, Backlog = Backlog, Limits = limits };
}
