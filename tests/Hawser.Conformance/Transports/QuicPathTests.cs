using System.Net.Security;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>What happens to QUIC on the way between two machines.</summary>
public sealed class QuicPathTests : IDisposable
{
    private readonly Quic _quic = new();

    [Fact(Timeout = Hang)]
    public async Task A_client_whose_address_changes_on_the_way_stays_connected()
    {
        await using var listener = await _quic.ListenAsync();
        await using var relay = new UdpRelay(listener.Address.Port);
        var accepting = listener.AcceptAsync(default);
        await using var client = await _quic.ConnectAsync($"quic://127.0.0.1:{relay.Port}");
        await using var server = (await accepting)!;
        await client.HandshakeAsync(default);
        await EchoAsync(client.FirstLane, server.FirstLane);
        var before = server.RemoteAddress;

        relay.ChangeAddress();
        for (var round = 0; round < 20; round++)
            await EchoAsync(client.FirstLane, server.FirstLane);

        Assert.NotEqual(before, server.RemoteAddress);
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_that_falls_silent_in_the_handshake_delays_nobody()
    {
        await using var listener = await _quic.ListenAsync();
        await using var relay = new UdpRelay(listener.Address.Port) { IsMute = true };
        using var givingUp = new CancellationTokenSource();
        var (transport, address) = new TransportRegistry([]).Find($"quic://127.0.0.1:{relay.Port}");
        var stuck = transport.ConnectAsync(address, _quic.ClientOptions, givingUp.Token).AsTask();

        await using var link = await _quic.LinkAsync(listener);
        await EchoAsync(link.ClientLane, link.ServerLane);

        Assert.False(stuck.IsCompleted);
        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_never_answers_is_given_up_after_the_handshake_timeout()
    {
        await using var listener = await _quic.ListenAsync();
        await using var relay = new UdpRelay(listener.Address.Port) { IsMute = true };
        await using var channel = HawserChannel.Connect(
            $"quic://127.0.0.1:{relay.Port}",
            new HawserChannelOptions { Transport = _quic.ClientOptions, Limits = new ConnectionLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(200) } });

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync<Empty>("Test/Echo").AsTask());

        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("ConnectionLimits.HandshakeTimeout", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_whose_first_packets_are_lost_begins_another_attempt_beside()
    {
        await using var listener = await _quic.ListenAsync();
        await using var relay = new UdpRelay(listener.Address.Port) { ClientsLost = 2 };
        var accepting = listener.AcceptAsync(default);

        await using var client = await _quic.ConnectAsync($"quic://127.0.0.1:{relay.Port}");

        await using var server = (await accepting)!;
        await client.HandshakeAsync(default);
        await EchoAsync(client.FirstLane, server.FirstLane);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_hears_several_attempts_together_gets_one_connection()
    {
        await using var listener = await _quic.ListenAsync();
        await using var relay = new UdpRelay(listener.Address.Port) { ClientsAwaited = 3 };
        var accepting = listener.AcceptAsync(default);
        await using var client = await _quic.ConnectAsync($"quic://127.0.0.1:{relay.Port}");
        await using var server = (await accepting)!;
        await client.HandshakeAsync(default);
        await EchoAsync(client.FirstLane, server.FirstLane);

        await using var next = await _quic.LinkAsync(listener);

        // Were another of the attempts there to accept, it would be this one.
        Assert.Equal(next.Client.LocalAddress, next.Server.RemoteAddress);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_opens_one_connection_for_a_channel_that_had_to_begin_several_attempts()
    {
        _quic.SkipWhereMissing();
        var opened = 0;
        var server = new HawserServer(new HawserServerOptions
        {
            ConnectionOpening = (_, _) =>
            {
                Interlocked.Increment(ref opened);
                return ValueTask.FromResult(Status.Ok);
            },
        });
        server.Map("Test/Echo", (byte[] message) => message);
        var address = await server.ListenAsync(_quic.FreeAddress, _quic.ServerOptions);
        await using var relay = new UdpRelay(address.Port) { ClientsLost = 1, ClientsAwaited = 3 };
        await using (var channel = HawserChannel.Connect($"quic://127.0.0.1:{relay.Port}", new HawserChannelOptions { Transport = _quic.ClientOptions }))
            Assert.Equal([1, 2], await channel.CallAsync<byte[], byte[]>("Test/Echo", [1, 2]));

        await server.DisposeAsync();

        Assert.Equal(1, opened);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_speaks_another_protocol_is_refused()
    {
        await using var listener = await _quic.ListenAsync();
        var tls = TlsOptions.Copy(_quic.ClientOptions.Tls!);
        tls.ApplicationProtocols = [SslApplicationProtocol.Http3];

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => _quic.ConnectAsync(listener, new ClientTransportOptions { Tls = tls }).AsTask());

        Assert.Contains("the two sides share no protocol (ALPN; Hawser's is 'hawser/1')", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Listening_without_a_certificate_is_refused_with_a_sentence()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => _quic.ListenAsync(options: new ServerTransportOptions()).AsTask());

        Assert.Contains("without a certificate", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _quic.Dispose();

    private static async Task EchoAsync(Lane client, Lane server)
    {
        await client.WriteAsync(new byte[] { 1, 2, 3 });
        await server.WriteAsync(await server.ReadExactlyAsync(3));
        Assert.Equal([1, 2, 3], await client.ReadExactlyAsync(3));
    }
}
