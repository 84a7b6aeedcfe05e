using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Runtime.Versioning;

namespace Hawser.Transports;

/// <summary>What <see cref="ConnectionLimits"/> mean in QUIC's words.</summary>
/// <remarks>
/// QUIC's own idle timeout and keep-alive are off, on purpose: the frame layer pings, finds dead peers and closes idle connections by the limits, over every
/// transport alike. A second set of times, which nobody set, could only close what the first means to keep.
/// </remarks>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal static class QuicSettings
{
    /// <summary>A lane outlives its call a little: so many may be ending while their successors have begun. One of them is the first lane.</summary>
    private const int SpareLanes = 256;

    /// <summary>The most that QUIC can be told here.</summary>
    private const int MostLanes = ushort.MaxValue;

    /// <summary>
    /// What one lane may send before anything of it is read, in bytes. MsQuic doubles it, up to the window of the connection, as long as a lane is read so fast that
    /// the round trip holds it back; a lane that nobody reads keeps what it has.
    /// </summary>
    private const int LaneWindow = 64 * 1024;

    /// <summary>
    /// What all lanes may send before anything is read, in bytes; the most that can be set. Lanes that nobody reads use it up, and then nothing moves on the others, not
    /// even pings: there must be room for as many of them as there can be.
    /// </summary>
    private const int ConnectionWindow = 1 << 30;

    public static QuicClientConnectionOptions ForClient(IPEndPoint endPoint, SslClientAuthenticationOptions tls, ConnectionLimits limits)
    {
        var options = new QuicClientConnectionOptions { RemoteEndPoint = endPoint, ClientAuthenticationOptions = tls };
        Apply(options, limits);

        // Whoever connects gives up by its token: the name's resolution and the hello count against the same time.
        options.HandshakeTimeout = Timeout.InfiniteTimeSpan;
        return options;
    }

    public static QuicListenerOptions ForListener(IPEndPoint endPoint, SslServerAuthenticationOptions tls, int backlog, ConnectionLimits limits)
    {
        var own = TlsOptions.ForListener(tls);
        return new QuicListenerOptions
        {
            ListenEndPoint = endPoint,
            ListenBacklog = backlog,
            ApplicationProtocols = TlsOptions.ForServer(own, new CertificateVerdict(own.RemoteCertificateValidationCallback)).ApplicationProtocols!,
            ConnectionOptionsCallback = (_, _, _) => new ValueTask<QuicServerConnectionOptions>(ForServer(own, limits)),
        };
    }

    private static QuicServerConnectionOptions ForServer(SslServerAuthenticationOptions tls, ConnectionLimits limits)
    {
        var verdict = new CertificateVerdict(tls.RemoteCertificateValidationCallback);
        var options = new QuicServerConnectionOptions { ServerAuthenticationOptions = TlsOptions.ForServer(tls, verdict) };
        Apply(options, limits);
        options.HandshakeTimeout = limits.HandshakeTimeout;
        return options;
    }

    private static void Apply(QuicConnectionOptions options, ConnectionLimits limits)
    {
        options.DefaultCloseErrorCode = 0;
        options.DefaultStreamErrorCode = (long)StatusCode.Cancelled;
        options.MaxInboundBidirectionalStreams = Math.Min(limits.MaxCallsInFlight + SpareLanes, MostLanes);
        options.MaxInboundUnidirectionalStreams = 0;
        options.IdleTimeout = Timeout.InfiniteTimeSpan;
        options.KeepAliveInterval = Timeout.InfiniteTimeSpan;

        options.InitialReceiveWindowSizes = new QuicReceiveWindowSizes
        {
            Connection = ConnectionWindow,
            LocallyInitiatedBidirectionalStream = LaneWindow,
            RemotelyInitiatedBidirectionalStream = LaneWindow,
        };
    }
}
