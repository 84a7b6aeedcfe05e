using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>The SHA-256 fingerprint of a certificate: what people compare, and what a client can trust instead of an authority.</summary>
public static class CertificateFingerprint
{
    /// <summary>Computes it.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <returns>64 upper-case hexadecimal digits, without separators.</returns>
    public static string Sha256(X509Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    /// <summary>Reads a fingerprint as people write it: any case, with or without colons or spaces.</summary>
    internal static string Parse(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var digits = fingerprint.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        return digits.Length == SHA256.HashSizeInBytes * 2 && digits.All(char.IsAsciiHexDigit)
            ? digits
            : throw new ArgumentException($"'{fingerprint}' is no SHA-256 fingerprint: that has 64 hexadecimal digits.", nameof(fingerprint));
    }
}
