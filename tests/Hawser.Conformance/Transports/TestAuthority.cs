using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Conformance.Transports;

/// <summary>A certificate authority of a test's own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly List<X509Certificate2> _issued = [];

    public TestAuthority(string name = "Test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Certificate = NewAuthority(name, key).CreateSelfSigned(Now.AddDays(-30), Now.AddDays(30));
    }

    private TestAuthority(X509Certificate2 certificate) => Certificate = certificate;

    public X509Certificate2 Certificate { get; }

    public X509Certificate2Collection Trusted => [X509CertificateLoader.LoadCertificate(Certificate.RawData)];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>An authority that this one vouches for.</summary>
    public TestAuthority NewIntermediate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = NewAuthority("Test intermediate", key).Create(Certificate, Now.AddDays(-20), Now.AddDays(20), NewSerial());
        return new TestAuthority(certificate.CopyWithPrivateKey(key));
    }

    public X509Certificate2 IssueServer(string host = "127.0.0.1", int daysLeft = 10) => Issue(host, ServerUsage, daysLeft);

    public X509Certificate2 IssueClient(int daysLeft = 10) => Issue("client", ClientUsage, daysLeft);

    public void Dispose()
    {
        foreach (var certificate in _issued)
            certificate.Dispose();
        Certificate.Dispose();
    }

    private X509Certificate2 Issue(string host, string usage, int daysLeft)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var bare = request.Create(Certificate, Now.AddDays(-10), Now.AddDays(daysLeft), NewSerial());
        using var withKey = bare.CopyWithPrivateKey(key);
        var certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null, X509KeyStorageFlags.Exportable);
        _issued.Add(certificate);
        return certificate;
    }

    private static CertificateRequest NewAuthority(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return request;
    }

    private static byte[] NewSerial() => Guid.NewGuid().ToByteArray();
}
