using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>What a client tells its transport beyond the address: whom it trusts, and who it is.</summary>
/// <remarks>Immutable and safe from any thread; certificates that it names must live as long as it is used.</remarks>
public sealed class ClientTransportOptions
{
    /// <summary>
    /// TLS settings; used by <c>tls://</c>, <c>quic://</c> and <c>grpcs://</c> only. By default the system's trusted roots decide, the host name of the address is
    /// checked, and the protocol <c>hawser/1</c> is asked for (ALPN). The object is read, not changed.
    /// </summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>What transports that have windows and lanes of their own must know; the channel's.</summary>
    internal ConnectionLimits Limits { get; private init; } = new();

    /// <summary>
    /// Trusts servers whose certificates one of these authorities has signed, directly or through others, and nobody else: the system's roots do not count.
    /// The host name is checked, and so is the time.
    /// </summary>
    /// <param name="authorities">The authorities' own, self-signed certificates; not empty. A self-signed server certificate is its own authority.</param>
    /// <returns>New options.</returns>
    /// <exception cref="ArgumentException">There is no certificate.</exception>
    public static ClientTransportOptions TrustingAuthorities(X509Certificate2Collection authorities) =>
        new() { Tls = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustedAuthorities.ToPolicy(authorities) } };

    /// <summary>Trusts exactly one server certificate, whoever signed it and whatever its names; for self-signed ones.</summary>
    /// <param name="certificate">The certificate that the server shows; used for its fingerprint only.</param>
    /// <returns>New options.</returns>
    public static ClientTransportOptions TrustingOnly(X509Certificate2 certificate) => TrustingOnly(CertificateFingerprint.Sha256(certificate));

    /// <summary>Trusts exactly one server certificate, by its SHA-256 fingerprint, whoever signed it and whatever its names.</summary>
    /// <param name="fingerprint">64 hexadecimal digits of any case, with or without colons.</param>
    /// <returns>New options.</returns>
    /// <exception cref="ArgumentException">It is no SHA-256 fingerprint.</exception>
    public static ClientTransportOptions TrustingOnly(string fingerprint)
    {
        var trusted = CertificateFingerprint.Parse(fingerprint);
        return Validating((_, certificate, _, _) =>
            certificate is not null && string.Equals(CertificateFingerprint.Sha256(certificate), trusted, StringComparison.Ordinal));
    }

    /// <summary>Trusts whatever certificate the server shows: whoever is between the two can read and change everything. For trying things out only.</summary>
    /// <returns>New options.</returns>
    public static ClientTransportOptions AcceptingAnyCertificate() => Validating((_, certificate, _, _) => certificate is not null);

    /// <summary>The same trust, and a certificate to show to servers that ask who calls (mutual TLS).</summary>
    /// <param name="certificate">The caller's certificate with its private key.</param>
    /// <returns>New options.</returns>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public ClientTransportOptions WithClientCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
            throw new ArgumentException($"The certificate '{certificate.Subject}' has no private key, so it proves nothing; load it together with its key.", nameof(certificate));
        var tls = TlsOptions.Copy(Tls ?? new SslClientAuthenticationOptions());
        tls.ClientCertificates = null;
        tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        return new ClientTransportOptions { Tls = tls, Limits = Limits };
    }

    /// <summary>The same for a channel with such limits.</summary>
    internal ClientTransportOptions WithLimits(ConnectionLimits limits) => new() { Tls = Tls, Limits = limits };

    /// <summary>The same, for a server that is known by a name but connected to by an address: the name is what its certificate must have.</summary>
    internal ClientTransportOptions For(string host)
    {
        var tls = TlsOptions.Copy(Tls ?? new SslClientAuthenticationOptions());
        tls.TargetHost ??= host;
        return new ClientTransportOptions { Tls = tls, Limits = Limits };
    }

    // A certificate that the callback alone judges needs no chain, which costs more than the rest of the handshake: it is not looked for.
    private static ClientTransportOptions Validating(RemoteCertificateValidationCallback callback) => new()
    {
        Tls = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = callback,
            CertificateChainPolicy = TrustedAuthorities.NoPolicy(),
        },
    };
}
