using System.Net.Security;
using Hawser.Transports;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Hawser.Grpc.Server;

/// <summary>Hawser's limits in Kestrel's words.</summary>
internal static class KestrelSettings
{
    /// <summary>What HTTP's own headers may take beside the metadata, in bytes.</summary>
    private const int OwnHeaders = 8 * 1024;

    /// <summary>How much of one response may be on its way; less starves a stream of large messages.</summary>
    private const int ResponseBuffer = 1024 * 1024;

    /// <summary>How many header fields a request may have; their size is bounded besides.</summary>
    private const int MaxHeaderFields = 512;

    /// <summary>Kestrel adds its times up, so that the longest there is would be over at once.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(1000);

    internal static void Apply(KestrelServerLimits kestrel, HawserServerOptions options)
    {
        var limits = options.Limits;
        kestrel.MaxConcurrentConnections = options.MaxConnections;
        kestrel.MaxRequestBodySize = null;
        kestrel.MaxRequestHeadersTotalSize = limits.MaxMetadataSize + OwnHeaders;
        kestrel.MaxRequestHeaderCount = MaxHeaderFields;
        kestrel.MaxResponseBufferSize = ResponseBuffer;

        // A stream may be silent for as long as it likes: dead peers are found by keep-alive.
        kestrel.MinRequestBodyDataRate = null;
        kestrel.MinResponseDataRate = null;
        kestrel.KeepAliveTimeout = limits.IdleTimeout ?? Never;
        kestrel.RequestHeadersTimeout = limits.HandshakeTimeout;
        kestrel.Http2.MaxStreamsPerConnection = limits.MaxCallsInFlight;
        kestrel.Http2.InitialStreamWindowSize = limits.CallWindow;
        kestrel.Http2.InitialConnectionWindowSize = limits.ConnectionWindow;
        kestrel.Http2.MaxRequestHeaderFieldSize = limits.MaxMetadataSize;
        if (limits.KeepAliveInterval is { } interval)
        {
            kestrel.Http2.KeepAlivePingDelay = interval < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : interval;
            kestrel.Http2.KeepAlivePingTimeout = limits.KeepAliveTimeout < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : limits.KeepAliveTimeout;
        }
    }

    /// <exception cref="ArgumentException">There is no certificate.</exception>
    internal static void UseTls(ListenOptions listen, Uri address, ServerTransportOptions transport)
    {
        if (transport.Tls is not { } tls || (tls.ServerCertificate is null && tls.ServerCertificateContext is null && tls.ServerCertificateSelectionCallback is null))
            throw new ArgumentException($"{address} needs a certificate: give ServerTransportOptions.WithCertificate.");
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(Copy(tls)),
        });
    }

    /// <summary>Kestrel sets the protocols in the options that it gets, and Hawser's are the caller's.</summary>
    private static SslServerAuthenticationOptions Copy(SslServerAuthenticationOptions tls) => new()
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
        ApplicationProtocols = [SslApplicationProtocol.Http2],
    };
}
