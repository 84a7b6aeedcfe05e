using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>What a client tells its transport beyond the address.</summary>
public sealed class ClientTransportOptions
{
    /// <summary>
    /// TLS settings; used by <c>tls://</c> only. By default the system's trusted roots decide, the host name of the address is checked, and
    /// the protocol <c>hawser/1</c> is asked for (ALPN). The object is read, not changed.
    /// </summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

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

    private static ClientTransportOptions Validating(RemoteCertificateValidationCallback callback) =>
        new() { Tls = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = callback } };
}
