using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Cli.Tests.Connecting;

/// <summary>An authority of a test's own, with the files of what it signs.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("hawser-test-").FullName;
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        Authority = request.CreateSelfSigned(now.AddYears(-10), now.AddYears(10));
        AuthorityFile = Write("authority.pem", Authority.ExportCertificatePem());
    }

    public X509Certificate2 Authority { get; }

    public string AuthorityFile { get; }

    /// <summary>Where a file of the test is, or would be.</summary>
    public string PathOf(string name) => Path.Combine(directory, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>Signs a certificate for <c>localhost</c>, and writes NAME.pem, NAME.key and NAME.pfx.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="from">From when it is valid, in days from now.</param>
    /// <param name="to">Until when it is valid, in days from now.</param>
    public X509Certificate2 Issue(string name, int from = -1, int to = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(Authority, now.AddDays(from), now.AddDays(to), [1, .. System.Text.Encoding.UTF8.GetBytes(name)]);
        using var whole = signed.CopyWithPrivateKey(key);
        Write(name + ".pem", whole.ExportCertificatePem());
        Write(name + ".key", key.ExportPkcs8PrivateKeyPem());
        var pfx = whole.Export(X509ContentType.Pkcs12);
        File.WriteAllBytes(PathOf(name + ".pfx"), pfx);
        return X509CertificateLoader.LoadPkcs12(pfx, password: null);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
