using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>What the connections of one TLS listener share.</summary>
public sealed class TlsListenerOptionsTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly X509Certificate2 _certificate;

    public TlsListenerOptionsTests() => _certificate = _authority.IssueServer();

    [Fact]
    public void The_chain_of_a_certificate_is_built_once_for_all_connections()
    {
        var given = new SslServerAuthenticationOptions { ServerCertificate = _certificate, ClientCertificateRequired = true };

        var options = TlsOptions.ForListener(given);

        Assert.Equal(_certificate, options.ServerCertificateContext!.TargetCertificate);
        Assert.True(options.ClientCertificateRequired);
        Assert.Null(given.ServerCertificateContext);
    }

    [Fact]
    public void A_chain_that_the_application_has_built_is_kept()
    {
        var given = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true) };

        Assert.Same(given, TlsOptions.ForListener(given));
    }

    [Fact]
    public void A_certificate_that_is_chosen_by_name_has_no_chain_before()
    {
        var given = new SslServerAuthenticationOptions { ServerCertificateSelectionCallback = (_, _) => _certificate };

        Assert.Same(given, TlsOptions.ForListener(given));
    }

    public void Dispose() => _authority.Dispose();
}
