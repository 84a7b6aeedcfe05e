using System.Net.Security;
using Hawser.Transports;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Hawser.Grpc.Server;

/// <summary>Hawser's limits in Kestrel's words.</summary>
internal static class KestrelSettings
{
    /// <summary>
    /// What headers may take beside the metadata that is accepted, in bytes. Kestrel closes a connection whose headers are larger than it takes; a call whose metadata are
    /// only somewhat too large shall end with a status, and the others of its connection live.
    /// </summary>
    private const int HeaderTolerance = 64 * 1024;

    /// <summary>How much of one response may be on its way. More leaves the cache: a stream of 64 KiB messages was a fifth slower with 1 MiB.</summary>
    private const int ResponseBuffer = 128 * 1024;

    /// <summary>How many header fields a request may have; their size is bounded besides.</summary>
    private const int MaxHeaderFields = 2048;

    /// <summary>For ever. Kestrel adds it to the time and does not see when the sum overflows: then it closes every idle connection at once.</summary>
    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(10_000);

    internal static void Apply(KestrelServerLimits kestrel, HawserServerOptions options)
    {
        var limits = options.Limits;
        kestrel.MaxRequestBodySize = null;
        kestrel.MaxRequestHeadersTotalSize = limits.MaxMetadataSize + HeaderTolerance;
        kestrel.MaxRequestHeaderCount = MaxHeaderFields;
        kestrel.MaxResponseBufferSize = ResponseBuffer;

        // A stream may be silent for as long as it likes: dead peers are found by keep-alive.
        kestrel.MinRequestBodyDataRate = null;
        kestrel.MinResponseDataRate = null;
        kestrel.KeepAliveTimeout = limits.IdleTimeout ?? LongestIdle;
        kestrel.RequestHeadersTimeout = limits.HandshakeTimeout;
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxCallsInFlight;
        kestrel.Http2.InitialStreamWindowSize = limits.CallWindow;
        kestrel.Http2.InitialConnectionWindowSize = limits.ConnectionWindow;
        kestrel.Http2.MaxRequestHeaderFieldSize = limits.MaxMetadataSize + HeaderTolerance;
        if (limits.KeepAliveInterval is { } interval)
        {
            kestrel.Http2.KeepAlivePingDelay = interval < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : interval;
            kestrel.Http2.KeepAlivePingTimeout = limits.KeepAliveTimeout < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : limits.KeepAliveTimeout;
        }
    }

    /// <exception cref="ArgumentException">There is no certificate.</exception>
    internal static SslServerAuthenticationOptions CheckTls(Uri address, ServerTransportOptions transport) =>
        transport.Tls is { } tls && (tls.ServerCertificate ?? (object?)tls.ServerCertificateContext ?? tls.ServerCertificateSelectionCallback) is not null
            ? tls
            : throw new ArgumentException($"{address.OriginalString} needs a certificate: give ServerTransportOptions.WithCertificate.");

    internal static void UseTls(ListenOptions listen, SslServerAuthenticationOptions tls, ConnectionLimits limits) =>
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(Copy(tls, listen.Protocols)),
            HandshakeTimeout = limits.HandshakeTimeout,
        });

    /// <summary>Kestrel sets the protocols in the options that it gets, and Hawser's are the caller's.</summary>
    private static SslServerAuthenticationOptions Copy(SslServerAuthenticationOptions tls, HttpProtocols protocols) => new()
    {
        ServerCertificate = tls.ServerCertificate,
        ServerCertificateContext = tls.ServerCertificateContext,
        ServerCertificateSelectionCallback = tls.ServerCertificateSelectionCallback,
        ClientCertificateRequired = tls.ClientCertificateRequired,
        RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
        CertificateRevocationCheckMode = tls.CertificateRevocationCheckMode,
        CertificateChainPolicy = tls.CertificateChainPolicy,
        EnabledSslProtocols = tls.EnabledSslProtocols,
        CipherSuitesPolicy = tls.CipherSuitesPolicy,
        EncryptionPolicy = tls.EncryptionPolicy,
        AllowRenegotiation = tls.AllowRenegotiation,
        AllowTlsResume = tls.AllowTlsResume,
        ApplicationProtocols = protocols == HttpProtocols.Http2 ? [SslApplicationProtocol.Http2] : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };
}
