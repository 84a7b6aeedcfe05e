using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>Completes the user's TLS settings; works on copies, since the user may share one object among many connections.</summary>
internal static class TlsOptions
{
    /// <summary>The protocol id that Hawser peers agree on (ALPN).</summary>
    public static readonly SslApplicationProtocol HawserProtocol = new("hawser/1");

    public static SslClientAuthenticationOptions ForClient(SslClientAuthenticationOptions? given, Uri address, CertificateVerdict verdict)
    {
        var options = Copy(given ?? new SslClientAuthenticationOptions());
        options.ApplicationProtocols = OrHawser(options.ApplicationProtocols);
        options.RemoteCertificateValidationCallback = verdict.Accepts;
        options.TargetHost ??= address.IdnHost;
        return options;
    }

    /// <summary>Makes once what is the same for every connection of a listener: the chain of its certificate. Else each handshake builds it anew, which takes a third of its time.</summary>
    public static SslServerAuthenticationOptions ForListener(SslServerAuthenticationOptions given)
    {
        if (given.ServerCertificateContext is not null || given.ServerCertificateSelectionCallback is not null || given.ServerCertificate is not X509Certificate2 { HasPrivateKey: true } certificate)
            return given;
        var options = Copy(given);
        options.ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null);
        return options;
    }

    public static SslServerAuthenticationOptions ForServer(SslServerAuthenticationOptions given, CertificateVerdict verdict)
    {
        var options = Copy(given);
        options.ApplicationProtocols = OrHawser(options.ApplicationProtocols);
        options.RemoteCertificateValidationCallback = given.ClientCertificateRequired ? verdict.AcceptsClient : null;
        return options;
    }

    public static SslClientAuthenticationOptions Copy(SslClientAuthenticationOptions given)
    {
        var options = new SslClientAuthenticationOptions
        {
            AllowRenegotiation = given.AllowRenegotiation,
            AllowTlsResume = given.AllowTlsResume,
            ApplicationProtocols = given.ApplicationProtocols,
            CertificateChainPolicy = given.CertificateChainPolicy?.Clone(),
            CertificateRevocationCheckMode = given.CertificateRevocationCheckMode,
            CipherSuitesPolicy = given.CipherSuitesPolicy,
            ClientCertificateContext = given.ClientCertificateContext,
            ClientCertificates = given.ClientCertificates,
            EnabledSslProtocols = given.EnabledSslProtocols,
            EncryptionPolicy = given.EncryptionPolicy,
            LocalCertificateSelectionCallback = given.LocalCertificateSelectionCallback,
            RemoteCertificateValidationCallback = given.RemoteCertificateValidationCallback,
            TargetHost = given.TargetHost,
        };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            options.AllowRsaPkcs1Padding = given.AllowRsaPkcs1Padding;
            options.AllowRsaPssPadding = given.AllowRsaPssPadding;
        }

        return options;
    }

    public static SslServerAuthenticationOptions Copy(SslServerAuthenticationOptions given)
    {
        var options = new SslServerAuthenticationOptions
        {
            AllowRenegotiation = given.AllowRenegotiation,
            AllowTlsResume = given.AllowTlsResume,
            ApplicationProtocols = given.ApplicationProtocols,
            CertificateChainPolicy = given.CertificateChainPolicy?.Clone(),
            CertificateRevocationCheckMode = given.CertificateRevocationCheckMode,
            CipherSuitesPolicy = given.CipherSuitesPolicy,
            ClientCertificateRequired = given.ClientCertificateRequired,
            EnabledSslProtocols = given.EnabledSslProtocols,
            EncryptionPolicy = given.EncryptionPolicy,
            RemoteCertificateValidationCallback = given.RemoteCertificateValidationCallback,
            ServerCertificate = given.ServerCertificate,
            ServerCertificateContext = given.ServerCertificateContext,
            ServerCertificateSelectionCallback = given.ServerCertificateSelectionCallback,
        };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            options.AllowRsaPkcs1Padding = given.AllowRsaPkcs1Padding;
            options.AllowRsaPssPadding = given.AllowRsaPssPadding;
        }

        return options;
    }

    /// <summary>Whether a server can show a certificate.</summary>
    public static bool HasCertificate(SslServerAuthenticationOptions options) =>
        options.ServerCertificate is not null || options.ServerCertificateContext is not null || options.ServerCertificateSelectionCallback is not null;

    /// <summary>A sentence on a handshake that failed for another reason than this side's view of the peer's certificate.</summary>
    public static string DescribeFailure(string peer, AuthenticationException exception)
    {
        var reason = exception.GetBaseException().Message.TrimEnd('.');
        return IsProtocolMismatch(reason)
            ? $"The TLS handshake with {peer} failed: the two sides share no protocol (ALPN; Hawser's is '{HawserProtocol}')."
            : $"The TLS handshake with {peer} failed: {reason}.";
    }

    private static bool IsProtocolMismatch(string reason) =>
        reason.Contains("application protocol", StringComparison.OrdinalIgnoreCase) || reason.Contains("application layer protocol", StringComparison.OrdinalIgnoreCase) || reason.Contains("ALPN", StringComparison.OrdinalIgnoreCase);

    private static List<SslApplicationProtocol> OrHawser(List<SslApplicationProtocol>? given) => given is { Count: > 0 } ? given : [HawserProtocol];
}
