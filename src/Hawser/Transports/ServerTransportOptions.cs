using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>What a server tells its transport beyond the address.</summary>
public sealed class ServerTransportOptions
{
    /// <summary>
    /// TLS settings; <c>tls://</c> cannot listen without a certificate in them. The protocol <c>hawser/1</c> is required of clients (ALPN)
    /// unless others are named here; <see cref="SslServerAuthenticationOptions.ClientCertificateRequired"/> requires a client certificate that
    /// validates. The object is read, not changed.
    /// </summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>How many links may wait to be accepted; 512 by default.</summary>
    public int Backlog { get; init; } = 512;

    /// <summary>Serves TLS with a certificate, and asks clients for none.</summary>
    /// <param name="certificate">The certificate with its private key; must live as long as the listener and its connections.</param>
    /// <returns>New options.</returns>
    public static ServerTransportOptions WithCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        return new() { Tls = new SslServerAuthenticationOptions { ServerCertificateContext = context } };
    }
}
