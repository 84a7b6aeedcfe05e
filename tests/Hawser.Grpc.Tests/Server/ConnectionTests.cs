using System.Text;
using Hawser.Grpc.Tests.Server.Support;
using Hawser.Testing;
using Hawser.Transports;

namespace Hawser.Grpc.Tests.Server;

/// <summary>What a connection may cost, who is behind it, and how it is kept alive.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task A_handler_knows_its_connection()
    {
        await using var server = await GrpcTestServer.StartAsync(map => map.Map("Test/Where", (byte[] _, CallContext call) => call.Connection.RemoteAddress.ToBytes()));
        Assert.StartsWith("grpc://127.0.0.1:", (await server.Requests.CallAsync("Test/Where", "")).Text, StringComparison.Ordinal);
        var connection = Assert.Single(server.Server.Connections);
        Assert.Equal(1, connection.GetStatistics().CallsServed);
        Assert.Equal($"grpc://{server.Address.Authority}", connection.LocalAddress);
    }

    [Fact]
    public async Task A_server_cannot_call_its_clients_over_gRPC_and_says_so()
    {
        await using var server = await GrpcTestServer.StartAsync(map =>
            map.Map("Test/CallBack", async (byte[] message, CallContext call) => await call.Connection.CallAsync<byte[], byte[]>("Client/Tell", message)));
        var reply = await server.Requests.CallAsync("Test/CallBack", "");
        Assert.Equal(StatusCode.Unimplemented, reply.Code);
        Assert.StartsWith("'Client/Tell' cannot be called: over gRPC a server cannot call its clients.", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_reaches_the_handler()
    {
        using var certificate = new TemporaryCertificate();
        using var clientCertificate = new TemporaryCertificate("CN=the client");
        var transport = ServerTransportOptions.WithCertificate(certificate.Certificate);
        transport.Tls!.ClientCertificateRequired = true;
        transport.Tls.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=the client";
        await using var server = await GrpcTestServer.StartAsync(
            map => map.Map("Test/Who", (byte[] _, CallContext call) => (call.Connection.RemoteCertificate?.Subject ?? "nobody").ToBytes()),
            address: "grpcs://localhost:0",
            transport: transport);
        using var client = new GrpcRequests(server.Address, certificate.Certificate, clientCertificate.Certificate);
        Assert.Equal("CN=the client", (await client.CallAsync("Test/Who", "")).Text);

        using var stranger = new GrpcRequests(server.Address, certificate.Certificate);
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.CallAsync("Test/Who", ""));
        Assert.Equal("CN=the client", (await client.CallAsync("Test/Who", "")).Text);
    }

    [Fact]
    public async Task A_secure_address_needs_a_certificate()
    {
        await using var server = new HawserServer(new HawserServerOptions { Wires = GrpcTestServer.Wires });
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => server.ListenAsync("grpcs://127.0.0.1:0").AsTask());
        Assert.StartsWith("grpcs://127.0.0.1:0 needs a certificate: give ServerTransportOptions.WithCertificate.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grpc://127.0.0.1", "names no port")]
    [InlineData("grpc://:4770", "that can be read")]
    [InlineData("grpc://127.0.0.1:4770/path", "has more than a host and a port")]
    public async Task A_wrong_address_is_refused(string address, string why)
    {
        await using var server = new HawserServer(new HawserServerOptions { Wires = GrpcTestServer.Wires });
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => server.ListenAsync(address).AsTask());
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_refused()
    {
        await using var server = await GrpcTestServer.StartAsync();
        var failure = await Assert.ThrowsAsync<IOException>(() => server.Server.ListenAsync($"grpc://{server.Address.Authority}").AsTask());
        Assert.Contains("cannot be listened on", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_are_bounded()
    {
        await using var server = await GrpcTestServer.StartAsync(options: new HawserServerOptions { Wires = GrpcTestServer.Wires, MaxConnections = 1 });
        using (var first = await server.OpenAsync())
        {
            await first.ReadUntilAsync(frame => frame.Type == Http2FrameType.Settings, "the server's settings");
            using var second = await server.OpenAsync();
            await second.WriteAsync([second.RequestHeaders(1, "Test/Any"), Http2Peer.Data(1, GrpcBody.Of(""), endStream: true)]);
            await second.ReadUntilAsync(frame => frame.Type == Http2FrameType.GoAway, "the second connection is told to go away");
        }

        await Patience.UntilAsync(() => server.Server.Connections.Count == 0, "the first connection is gone");
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task Calls_over_the_limit_are_refused_as_not_processed()
    {
        var release = new TaskCompletionSource();
        await using var server = await GrpcTestServer.StartAsync(
            map => map.Map("Test/Hold", async (byte[] message) =>
            {
                await release.Task;
                return message;
            }),
            new HawserServerOptions { Wires = GrpcTestServer.Wires, Limits = new ConnectionLimits { MaxCallsInFlight = 2 } });
        using var peer = await server.OpenAsync();
        foreach (var id in (int[])[1, 3, 5])
            await peer.WriteAsync([peer.RequestHeaders(id, "Test/Hold"), Http2Peer.Data(id, GrpcBody.Of(""), endStream: true)]);
        var refusal = await peer.ReadUntilAsync(frame => frame.StreamId == 5, "the refusal");
        Assert.Equal((Http2FrameType.ResetStream, 7), (refusal.Type, refusal.Payload[3]));
        release.SetResult();
        await peer.ReadUntilAsync(frame => frame is { StreamId: 3, Type: Http2FrameType.Data }, "a reply");
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_let_go()
    {
        var clock = new ManualTimeProvider();
        await using var server = await GrpcTestServer.StartAsync(options: new HawserServerOptions { Wires = GrpcTestServer.Wires, TimeProvider = clock });
        using var silent = new System.Net.Sockets.TcpClient();
        await silent.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => server.Server.Connections.Count == 1 && clock.UntilNextTimer == new ConnectionLimits().HandshakeTimeout, "the connection is there");
        clock.Advance(new ConnectionLimits().HandshakeTimeout);
        Assert.Equal(0, await Patience.ForAsync(silent.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask(), "the end of the connection"));
    }

    [Fact]
    public async Task A_peer_that_answers_no_ping_is_given_up()
    {
        var limits = new ConnectionLimits { KeepAliveInterval = TimeSpan.FromSeconds(1), KeepAliveTimeout = TimeSpan.FromSeconds(5) };
        await using var server = await GrpcTestServer.StartAsync(options: new HawserServerOptions { Wires = GrpcTestServer.Wires, Limits = limits });
        using var dead = await server.OpenAsync();
        var frames = await dead.ReadToEndAsync();
        Assert.Contains(frames, frame => frame is { Type: Http2FrameType.Ping, Flags: 0 });
        await server.AssertServesAsync();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task What_is_no_HTTP_2_ends_its_own_connection_only(string bytes)
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(bytes.ToBytes(), TestContext.Current.CancellationToken);
        using var gathered = new MemoryStream();
        await Patience.ForAsync(client.GetStream().CopyToAsync(gathered, TestContext.Current.CancellationToken), "the end of the connection");
        Assert.EndsWith("This address serves gRPC, which is HTTP/2 only.\r\n", Encoding.ASCII.GetString(gathered.ToArray()), StringComparison.Ordinal);
        await server.AssertServesAsync();
    }

    [Fact]
    public async Task Frames_that_break_the_protocol_end_their_own_connection_only()
    {
        await using var server = await GrpcTestServer.StartAsync();
        using var peer = await server.OpenAsync();
        await peer.WriteAsync(Http2Peer.Data(7, GrpcBody.Of("there is no such stream")));
        Assert.Contains(await peer.ReadToEndAsync(), frame => frame.Type == Http2FrameType.GoAway);
        await server.AssertServesAsync();
    }
}
