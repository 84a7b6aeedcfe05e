using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>A certificate that nobody trusts who was not told to.</summary>
internal sealed class TemporaryCertificate : IDisposable
{
    public TemporaryCertificate(string subject = "CN=localhost")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        // Only a key that was loaded can be used by TLS on every platform.
        Certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    public X509Certificate2 Certificate { get; }

    public void Dispose() => Certificate.Dispose();
}
