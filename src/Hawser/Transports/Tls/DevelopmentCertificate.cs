using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>A self-signed certificate for this machine's own names, for trying TLS out. No client trusts it unless it is told to.</summary>
/// <remarks>
/// ECDSA P-256, for <c>localhost</c>, 127.0.0.1 and ::1, valid for a year. Clients trust it with
/// <see cref="ClientTransportOptions.TrustingOnly(string)"/>.
/// </remarks>
public static class DevelopmentCertificate
{
    private const string FileName = "hawser-development.pfx";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>Loads the certificate from a directory, or makes it and keeps it there; renews it within 30 days of its end.</summary>
    /// <param name="directory">Where it is kept, with its private key, in a file that only this user can read. Created if it is missing.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <returns>The certificate with its key; the caller disposes it.</returns>
    /// <exception cref="IOException">The file cannot be read or written; the text names it.</exception>
    public static X509Certificate2 LoadOrCreate(string directory, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var now = (timeProvider ?? TimeProvider.System).GetUtcNow();
        var file = Path.Combine(directory, FileName);
        if (File.Exists(file))
        {
            var kept = ServerCertificate.FromPfx(file);
            if (now.UtcDateTime >= kept.NotBefore.ToUniversalTime() && now.UtcDateTime < kept.NotAfter.ToUniversalTime() - RenewBefore)
                return kept;
            kept.Dispose();
        }

        Directory.CreateDirectory(directory);
        Write(file, Create(now));
        return ServerCertificate.FromPfx(file);
    }

    private static byte[] Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Hawser development", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "Server authentication")], critical: false));

        // A day back, for clients whose clock is behind.
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + Validity);
        return certificate.Export(X509ContentType.Pkcs12);
    }

    // Written aside and moved, so that another process never loads half a file.
    private static void Write(string file, byte[] bytes)
    {
        var aside = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(aside, options))
            stream.Write(bytes);
        File.Move(aside, file, overwrite: true);
    }
}
