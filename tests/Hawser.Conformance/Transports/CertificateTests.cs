using Hawser.Testing;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

public sealed class CertificateTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hawser-").FullName;
    private readonly ManualTimeProvider _clock = new();

    private string File => Path.Combine(_directory, "hawser-development.pfx");

    [Fact]
    public void The_development_certificate_is_kept()
    {
        using var first = DevelopmentCertificate.LoadOrCreate(_directory, _clock);
        using var second = DevelopmentCertificate.LoadOrCreate(_directory, _clock);

        Assert.Equal(CertificateFingerprint.Sha256(first), CertificateFingerprint.Sha256(second));
        Assert.True(second.HasPrivateKey);
        Assert.True(second.MatchesHostname("localhost"));
        Assert.True(second.MatchesHostname("127.0.0.1"));
        Assert.True(second.MatchesHostname("::1"));
    }

    [Fact]
    public void The_development_certificate_is_renewed_a_month_before_its_end()
    {
        using var first = DevelopmentCertificate.LoadOrCreate(_directory, _clock);
        _clock.Advance(TimeSpan.FromDays(334));
        using var same = DevelopmentCertificate.LoadOrCreate(_directory, _clock);
        _clock.Advance(TimeSpan.FromDays(2));
        using var renewed = DevelopmentCertificate.LoadOrCreate(_directory, _clock);

        Assert.Equal(CertificateFingerprint.Sha256(first), CertificateFingerprint.Sha256(same));
        Assert.NotEqual(CertificateFingerprint.Sha256(first), CertificateFingerprint.Sha256(renewed));
    }

    [Fact]
    public void Only_this_user_can_read_the_development_certificate_s_key()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        DevelopmentCertificate.LoadOrCreate(_directory, _clock).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, FileModes.Of(File));
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_certificate_is_loaded_from_PEM_files()
    {
        using var certificate = DevelopmentCertificate.LoadOrCreate(_directory, _clock);
        var (certificateFile, keyFile) = (Path.Combine(_directory, "cert.pem"), Path.Combine(_directory, "key.pem"));
        System.IO.File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        using (var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!)
            System.IO.File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());

        using var loaded = ServerCertificate.FromPem(certificateFile, keyFile);

        Assert.True(loaded.HasPrivateKey);
        Assert.Equal(CertificateFingerprint.Sha256(certificate), CertificateFingerprint.Sha256(loaded));
    }

    [Fact]
    public void A_file_that_cannot_be_loaded_is_named()
    {
        var broken = Path.Combine(_directory, "broken");
        System.IO.File.WriteAllText(broken, "no certificate");
        var missing = Path.Combine(_directory, "missing");

        Assert.Contains(broken, Assert.Throws<IOException>(() => ServerCertificate.FromPem(broken)).Message, StringComparison.Ordinal);
        Assert.Contains(broken, Assert.Throws<IOException>(() => ServerCertificate.FromPfx(broken)).Message, StringComparison.Ordinal);
        Assert.Contains(missing, Assert.Throws<FileNotFoundException>(() => ServerCertificate.FromPem(missing)).Message, StringComparison.Ordinal);
        Assert.Contains(missing, Assert.Throws<FileNotFoundException>(() => ServerCertificate.FromPfx(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fingerprint_is_read_as_people_write_it()
    {
        Assert.Equal(new string('A', 64), CertificateFingerprint.Parse(string.Join(':', Enumerable.Repeat("aa", 32))));
        Assert.Throws<ArgumentException>(() => ClientTransportOptions.TrustingOnly("aabbcc"));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
