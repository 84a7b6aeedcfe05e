using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.Testing;
using Hawser.Transports;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Connecting: addresses, servers out of reach, waiting for them, TLS.</summary>
public sealed class ConnectTests : GrpcClientTest
{
    [Theory]
    [InlineData("grpc://", "names no host")]
    [InlineData("grpc://host", "names no port")]
    [InlineData("grpc://host:4770/path", "more than a host and a port")]
    [InlineData("grpc://user@host:4770", "more than a host and a port")]
    [InlineData("grpc://host:0", "names no port")]
    public void A_wrong_address_is_told_at_once(string address, string text) => Assert.Contains(
        text,
        Assert.Throws<ArgumentException>(() => HawserChannel.Connect(address, new HawserChannelOptions { Wires = [new GrpcWire()] })).Message,
        StringComparison.Ordinal);

    [Fact(Timeout = Hang)]
    public async Task A_server_out_of_reach_is_told_and_nothing_was_run()
    {
        var address = FreeAddress();
        await using var channel = HawserChannel.Connect(address, new HawserChannelOptions { Wires = [new GrpcWire()] });

        var unary = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        var (_, stream) = await ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello));
        var open = await FailureOfAsync(channel.OpenAsync());

        foreach (var failure in new[] { unary, stream!, open })
        {
            AssertSays(failure, StatusCode.Unavailable, $"Nothing listens on {address}", "was not run");
            Assert.True(failure.NotRun);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_out_of_reach_is_not_knocked_at_too_often()
    {
        var time = new ManualTimeProvider();
        var transport = new CountingTransport();
        await using var channel = HawserChannel.Connect(FreeAddress(), new HawserChannelOptions
        {
            Wires = [new GrpcWire()],
            TimeProvider = time,
            Transports = [transport],
            Reconnect = new ReconnectOptions { Backoff = static _ => TimeSpan.FromMilliseconds(20) },
        });

        for (var i = 0; i < 5; i++)
            AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable, "Nothing listens");
        Assert.Equal(1, transport.Attempts);
        time.Advance(TimeSpan.FromMilliseconds(20));
        await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        Assert.Equal(2, transport.Attempts);
    }

    [Theory(Timeout = Hang)]
    [InlineData(true, null)]
    [InlineData(false, true)]
    public async Task A_call_can_wait_until_its_server_is_there(bool always, bool? here)
    {
        var address = FreeAddress();
        var transport = new CountingTransport();
        await using var channel = HawserChannel.Connect(
            address, new HawserChannelOptions { Wires = [new GrpcWire { Client = new GrpcClientOptions { WaitForReady = always } }], Transports = [transport] });

        var call = channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { WaitForReady = here }).AsTask();
        await transport.Failed;
        Assert.False(call.IsCompleted);
        await using var peer = await HttpPeer.StartAsync(
            context => HttpPeer.AnswerAsync(context, 0, Hello),
            options => options.Listen(IPEndPoint.Parse(new Uri(address).Authority), listen => listen.Protocols = Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2));

        Assert.Equal(Hello, await call);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_waits_for_its_server_keeps_its_deadline()
    {
        var time = new ManualTimeProvider();
        await using var channel = HawserChannel.Connect(FreeAddress(), new HawserChannelOptions
        {
            Wires = [new GrpcWire { Client = new GrpcClientOptions { WaitForReady = true } }],
            TimeProvider = time,
        });

        var call = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Timeout = TimeSpan.FromSeconds(3) }));
        await RepeatUntilAsync(() => time.Advance(TimeSpan.FromMilliseconds(10)), () => call.IsCompleted);

        AssertSays(await call, StatusCode.DeadlineExceeded);
        Assert.True((await call).NotRun);
    }

    [Fact(Timeout = Hang)]
    public async Task Opening_connects_and_tells_of_the_connection()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = peer.Connect();

        var connection = await channel.OpenAsync();

        Assert.Equal(peer.Address, connection.RemoteAddress);
        Assert.StartsWith("grpc://127.0.0.1:", connection.LocalAddress, StringComparison.Ordinal);
        Assert.Null(connection.RemoteCertificate);
        Assert.False(connection.Closed.IsCancellationRequested);
        Assert.Equal(Hello, await connection.CallAsync<byte[], byte[]>(Echo, Hello));
        var statistics = connection.GetStatistics();
        Assert.Equal((1, 0), (statistics.CallsStarted, statistics.CallsInFlight));
        Assert.InRange(statistics.BytesSent, 100, 10_000);
        Assert.InRange(statistics.BytesReceived, 50, 10_000);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_that_has_ended_takes_no_calls_and_the_channel_makes_another()
    {
        var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = peer.Connect();
        var connection = await channel.OpenAsync();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Closed.Register(ended.SetResult);

        await peer.DisposeAsync();
        await ended.Task;

        var failure = await FailureOfAsync(connection.CallAsync<byte[], byte[]>(Echo, Hello));
        AssertSays(failure, StatusCode.Unavailable, "has ended", "was not run");
        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable, "Nothing listens");
    }

    [Fact(Timeout = Hang)]
    public async Task A_silent_server_is_given_up_when_the_handshake_takes_too_long()
    {
        var time = new ManualTimeProvider();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var channel = HawserChannel.Connect(
            $"grpcs://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}", new HawserChannelOptions { Wires = [new GrpcWire()], TimeProvider = time });

        var call = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await EventuallyAsync(() => time.PendingTimers > 0);
        await RepeatUntilAsync(() => time.Advance(TimeSpan.FromSeconds(10)), () => call.IsCompleted);

        AssertSays(await call, StatusCode.Unavailable, "ConnectionLimits.HandshakeTimeout", "was not run");
    }

    [Fact(Timeout = Hang)]
    public async Task Tls_trusts_the_certificate_that_it_is_told_to()
    {
        using var certificate = NewCertificate();
        await using var peer = await StartSecureAsync(certificate, (context, _) => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = ConnectSecure(peer, ClientTransportOptions.TrustingOnly(certificate));

        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, Hello));
        Assert.Equal(certificate.Thumbprint, (await channel.OpenAsync()).RemoteCertificate?.Thumbprint);
    }

    [Fact(Timeout = Hang)]
    public async Task Tls_refuses_a_certificate_that_nobody_vouches_for()
    {
        using var certificate = NewCertificate();
        await using var peer = await StartSecureAsync(certificate, (context, _) => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = ConnectSecure(peer, new ClientTransportOptions());

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));

        AssertSays(failure, StatusCode.Unavailable, "certificate of grpcs://", "was refused", "was not run");
    }

    [Fact(Timeout = Hang)]
    public async Task Tls_shows_the_client_s_certificate()
    {
        using var certificate = NewCertificate();
        using var mine = NewCertificate();
        string? seen = null;
        await using var peer = await StartSecureAsync(certificate, (context, shown) =>
        {
            seen = shown?.Thumbprint;
            return HttpPeer.AnswerAsync(context, 0, Hello);
        });
        await using var channel = ConnectSecure(peer, new ClientTransportOptions
        {
            Tls = new SslClientAuthenticationOptions { ClientCertificates = [mine], RemoteCertificateValidationCallback = ClientTransportOptions.TrustingOnly(certificate).Tls!.RemoteCertificateValidationCallback },
        });

        await channel.CallAsync<byte[], byte[]>(Echo, Hello);

        Assert.Equal(mine.Thumbprint, seen);
    }

    [Fact(Timeout = Hang)]
    public async Task Tls_to_a_server_without_is_told()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = HawserChannel.Connect(peer.Address.Replace("grpc:", "grpcs:", StringComparison.Ordinal), new HawserChannelOptions { Wires = [new GrpcWire()] });

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable, "TLS handshake with grpcs://", "was not run");
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Parse(new Uri(Loopback.Own("grpc://127.0.0.1:0")).Host), 0);
        listener.Start();
        return $"grpc://{listener.LocalEndpoint}";
    }

    private static Task<HttpPeer> StartSecureAsync(X509Certificate2 certificate, Func<HttpContext, X509Certificate2?, Task> answer) => HttpPeer.StartAsync(
        context => answer(context, context.Connection.ClientCertificate),
        options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
        })));

    private static HawserChannel ConnectSecure(HttpPeer peer, ClientTransportOptions transport) =>
        HawserChannel.Connect(peer.SecureAddress, new HawserChannelOptions { Wires = [new GrpcWire()], Transport = transport });

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>TCP that counts how often it is asked to connect.</summary>
    private sealed class CountingTransport : Transport
    {
        private readonly Transport tcp = new TransportRegistry([]).Find("tcp://127.0.0.1:1").Transport;
        private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int attempts;

        public override string Scheme => "tcp";

        public int Attempts => Volatile.Read(ref attempts);

        public Task Failed => failed.Task;

        public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref attempts);
            try
            {
                return await tcp.ConnectAsync(address, options, cancellationToken);
            }
            catch (IOException)
            {
                failed.TrySetResult();
                throw;
            }
        }

        public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
