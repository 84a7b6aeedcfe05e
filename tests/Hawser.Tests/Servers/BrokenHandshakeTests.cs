using System.Net.Security;
using Hawser.Tests.Channels.Retries;
using Hawser.Tests.Frames.Raw;
using Hawser.Transports;
using Microsoft.Extensions.Logging;

namespace Hawser.Tests.Servers;

/// <summary>Handshakes that fail by a mistake of the application or of a transport, and not by the peer's doing.</summary>
public sealed class BrokenHandshakeTests : IDisposable
{
    private readonly RecordingLoggerFactory log = new();

    [Fact(Timeout = Hang)]
    public async Task A_transport_that_breaks_a_handshake_is_logged_and_the_link_is_freed()
    {
        var transport = new RawTransport();
        var link = new BrokenConnection();
        await using var server = new HawserServer(new HawserServerOptions { Transports = [transport], LoggerFactory = log });
        await server.ListenAsync("raw:test");

        transport.Connect(link);

        await link.Closed.Task;
        await EventuallyAsync(() => IsLogged);
        await server.StopAsync(TimeSpan.Zero);
    }

    [Fact(Timeout = Hang)]
    public async Task The_same_holds_for_raw_connections()
    {
        var transport = new RawTransport();
        var link = new BrokenConnection();
        await using var server = new HawserServer(new HawserServerOptions { Transports = [transport], LoggerFactory = log });
        await server.ListenRawAsync("raw:test", (_, _) => Task.CompletedTask);

        transport.Connect(link);

        await link.Closed.Task;
        await EventuallyAsync(() => IsLogged);
        await server.StopAsync(TimeSpan.Zero);
    }

    [Fact(Timeout = Hang)]
    public async Task A_callback_that_throws_instead_of_choosing_a_certificate_is_logged()
    {
        await using var server = new HawserServer(new HawserServerOptions { LoggerFactory = log });
        var address = await server.ListenAsync("tls://127.0.0.1:0", new ServerTransportOptions
        {
            Tls = new SslServerAuthenticationOptions { ServerCertificateSelectionCallback = (_, _) => throw new InvalidOperationException("no certificate today") },
        });
        await using var channel = HawserChannel.Connect(address.OriginalString);

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => channel.OpenAsync().AsTask())).Code);

        await EventuallyAsync(() => IsLogged);
    }

    public void Dispose() => log.Dispose();

    private bool IsLogged =>
        log.Entries.Any(entry => entry.Level == LogLevel.Error && entry.Text.StartsWith("A callback or the transport failed in the handshake", StringComparison.Ordinal));

    private sealed class BrokenConnection : TransportConnection
    {
        internal TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string RemoteAddress => "raw:broken";

        public override string LocalAddress => "raw:test";

        public override string RemoteHost => "broken";

        public override Lane FirstLane => throw new InvalidOperationException("There was no handshake.");

        public override ValueTask HandshakeAsync(CancellationToken cancellationToken) => ValueTask.FromException(new InvalidOperationException("broken"));

        public override ValueTask DisposeAsync()
        {
            Closed.TrySetResult();
            return default;
        }
    }
}
