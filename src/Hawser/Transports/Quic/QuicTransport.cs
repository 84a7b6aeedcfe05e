using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Hawser.Transports;

/// <summary><c>quic://host:port</c>: QUIC over UDP. TLS is part of it, and each streaming or octets call has a stream of its own.</summary>
/// <param name="support">Whether the native library is there; asked anew for every link, since it answers at once.</param>
internal sealed class QuicTransport(QuicSupport support) : Transport
{
    private const string WithCertificate = $"{nameof(ServerTransportOptions)}.{nameof(ServerTransportOptions.WithCertificate)}";

    /// <summary>How often a server may refuse before that counts. A busy one refuses at once, where TCP would have its clients wait.</summary>
    private const int MaxRefusals = 5;

    /// <summary>How long after a first refusal to try again; each further one doubles it, to 1.5 s in all.</summary>
    private static readonly TimeSpan RefusalDelay = TimeSpan.FromMilliseconds(50);

    public override string Scheme => "quic";

    internal override bool HasHosts => true;

    public override ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        support.Require(TcpSockets.Text(address));
        return IsPlatform() ? ConnectCoreAsync(address, options, cancellationToken) : throw support.Missing(TcpSockets.Text(address));
    }

    public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken)
    {
        support.Require(TcpSockets.Text(address));
        if (options.Tls is not { } tls || !TlsOptions.HasCertificate(tls))
        {
            throw new ArgumentException(
                $"{TcpSockets.Text(address)} cannot be listened on without a certificate; give one with {WithCertificate}.", nameof(options));
        }

        return IsPlatform() ? ListenCoreAsync(address, options, tls, cancellationToken) : throw support.Missing(TcpSockets.Text(address));
    }

    // What the compiler asks for; the support has told more already.
    [SupportedOSPlatformGuard("linux")]
    [SupportedOSPlatformGuard("macos")]
    [SupportedOSPlatformGuard("windows")]
    private static bool IsPlatform() => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows();

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static async ValueTask<TransportConnection> ConnectCoreAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        if (address.Port == 0)
            throw new ArgumentException($"Port 0 of {TcpSockets.Text(address)} can be listened on only; name the port to connect to.", nameof(address));
        IOException? failure = null;
        foreach (var ip in await TcpSockets.ResolveAsync(address, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(ip, address.Port), address, options, cancellationToken).ConfigureAwait(false);
            }
            catch (QuicException exception)
            {
                failure = QuicFailure.Connect(TcpSockets.Text(address), exception);
            }
            catch (SocketException exception)
            {
                failure = QuicFailure.Connect(TcpSockets.Text(address), exception);
            }
        }

        throw failure!;
    }

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static async ValueTask<TransportConnection> ConnectAsync(
        IPEndPoint endPoint, Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        for (var refusals = 0; ; refusals++)
        {
            try
            {
                return new QuicLink(await new QuicAttempts(endPoint, address, options).ConnectAsync(cancellationToken).ConfigureAwait(false), isInitiator: true);
            }
            catch (QuicException exception) when (exception.QuicError == QuicError.ConnectionRefused && refusals < MaxRefusals)
            {
                await Task.Delay(RefusalDelay * (1 << refusals), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static async ValueTask<TransportListener> ListenCoreAsync(
        Uri address, ServerTransportOptions options, SslServerAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        IOException? failure = null;
        foreach (var ip in await TcpSockets.ResolveAsync(address, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                var listener = await QuicListener.ListenAsync(
                    QuicSettings.ForListener(new IPEndPoint(ip, address.Port), tls, options.Backlog, options.Limits), cancellationToken).ConfigureAwait(false);
                return new QuicLinkListener(listener, new Uri($"{address.Scheme}://{address.Host}:{listener.LocalEndPoint.Port}"));
            }
            catch (QuicException exception)
            {
                failure = QuicFailure.Listen(TcpSockets.Text(address), exception);
            }
            catch (SocketException exception)
            {
                failure = SocketFailure.Listen(TcpSockets.Text(address), exception);
            }
        }

        throw failure!;
    }
}
