using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Bench.Quic;

/// <summary><c>raw-quic-octets</c>: one stream of System.Net.Quic, chunk after chunk from one buffer, into a receiver of the same process that discards.</summary>
internal static class RawQuicOctets
{
    private static readonly SslApplicationProtocol Protocol = new("raw");

    public static Task RunAsync(Arguments arguments)
    {
        var chunk = new byte[arguments.Number("chunk", 64 * 1024)];
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();
        return (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() || OperatingSystem.IsWindows()) && QuicListener.IsSupported
            ? RunAsync(chunk, warmup, duration)
            : throw new IOException("System.Net.Quic cannot be used here: its native library libmsquic is missing");
    }

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static async Task RunAsync(ReadOnlyMemory<byte> chunk, TimeSpan warmup, TimeSpan duration)
    {
        using var certificate = BenchCertificate.Create();
        await using var listener = await ListenAsync(certificate);
        var accepting = listener.AcceptConnectionAsync();
        await using var client = await QuicConnection.ConnectAsync(ClientOptions(listener.LocalEndPoint));
        await using var server = await accepting;
        await QuicMeasurement.PrintAsync(isOver => StreamAsync(client, server, chunk, isOver), warmup, duration);
    }

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static async Task<long> StreamAsync(QuicConnection client, QuicConnection server, ReadOnlyMemory<byte> chunk, Func<bool> isOver)
    {
        await using var stream = await client.OpenOutboundStreamAsync(QuicStreamType.Bidirectional);
        var receiving = Task.Run(() => DiscardAsync(server));
        while (!isOver())
            await stream.WriteAsync(chunk);
        stream.CompleteWrites();
        return await receiving;
    }

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static async Task<long> DiscardAsync(QuicConnection server)
    {
        await using var stream = await server.AcceptInboundStreamAsync();
        var buffer = new byte[128 * 1024];
        var total = 0L;
        while (await stream.ReadAsync(buffer) is var count and > 0)
            total += count;
        return total;
    }

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static ValueTask<QuicListener> ListenAsync(X509Certificate2 certificate) => QuicListener.ListenAsync(new QuicListenerOptions
    {
        ListenEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        ApplicationProtocols = [Protocol],
        ConnectionOptionsCallback = (_, _, _) => ValueTask.FromResult(new QuicServerConnectionOptions
        {
            DefaultCloseErrorCode = 0,
            DefaultStreamErrorCode = 0,
            ServerAuthenticationOptions = new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [Protocol] },
        }),
    });

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("macos")]
    [SupportedOSPlatform("windows")]
    private static QuicClientConnectionOptions ClientOptions(IPEndPoint server) => new()
    {
        RemoteEndPoint = server,
        DefaultCloseErrorCode = 0,
        DefaultStreamErrorCode = 0,
        ClientAuthenticationOptions = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [Protocol],
#pragma warning disable CA5359 // The server is in this process.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        },
    };
}
