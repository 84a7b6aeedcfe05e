using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

public sealed class Tls : TransportUnderTest
{
    private readonly string _directory = Directory.CreateTempSubdirectory("hawser-").FullName;

    public Tls()
    {
        Certificate = DevelopmentCertificate.LoadOrCreate(_directory);
        ServerOptions = ServerTransportOptions.WithCertificate(Certificate);
        ClientOptions = ClientTransportOptions.TrustingOnly(Certificate);
    }

    public X509Certificate2 Certificate { get; }

    public override string FreeAddress => "tls://127.0.0.1:0";

    public override ServerTransportOptions ServerOptions { get; }

    public override ClientTransportOptions ClientOptions { get; }

    public override void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(_directory, recursive: true);
        base.Dispose();
    }
}

public sealed class TlsTransportConformance() : TransportConformance(new Tls())
{
    [Fact(Timeout = Hang)]
    public async Task A_link_that_is_closed_without_the_end_of_TLS_is_cut()
    {
        await using var link = await Transport.LinkAsync();
        var reading = link.ServerLane.ReadAsync(new byte[1]).AsTask();

        await link.Client.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(() => reading);
    }
}

public sealed class TlsListenerConformance() : ListenerConformance(new Tls());

public sealed class TlsDescriptorConformance() : DescriptorConformance(new Tls());

public sealed class TlsHandshakeConformance : IDisposable
{
    private readonly Tls _tls = new();

    [Fact(Timeout = Hang)]
    public async Task A_silent_peer_delays_nobody()
    {
        await using var listener = await _tls.ListenAsync();
        await using var silent = await new Tcp().ConnectAsync($"tcp://127.0.0.1:{listener.Address.Port}");
        await using var serverOfSilent = await listener.AcceptAsync(default);
        using var givingUp = new CancellationTokenSource();
        var handshake = serverOfSilent!.HandshakeAsync(givingUp.Token).AsTask();

        await using var link = await _tls.LinkAsync(listener);
        var reading = link.ServerLane.ReadAsync(new byte[1]).AsTask();
        await link.ClientLane.WriteAsync(new byte[1]);
        Assert.Equal(1, await reading);

        Assert.False(handshake.IsCompleted);
        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake);
    }

    [Fact(Timeout = Hang)]
    public async Task A_handshake_whose_link_is_closed_meanwhile_fails()
    {
        await using var listener = await _tls.ListenAsync();
        await using var silent = await new Tcp().ConnectAsync($"tcp://127.0.0.1:{listener.Address.Port}");
        var server = (await listener.AcceptAsync(default))!;
        var handshake = server.HandshakeAsync(default).AsTask();

        await server.DisposeAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => handshake);
    }

    [Fact(Timeout = Hang)]
    public async Task The_server_s_certificate_is_shown_to_the_client()
    {
        await using var link = await _tls.LinkAsync();

        Assert.Equal(CertificateFingerprint.Sha256(_tls.Certificate), CertificateFingerprint.Sha256(link.Client.RemoteCertificate!));
        Assert.Null(link.Server.RemoteCertificate);
    }

    [Fact(Timeout = Hang)]
    public async Task A_certificate_that_nobody_trusted_signed_is_refused()
    {
        var failure = await ClientFailureAsync(new ClientTransportOptions());

        Assert.Matches("^The certificate of tls://127.0.0.1:[0-9]+ was refused: it is not trusted \\(.*UntrustedRoot.*\\)\\.$", failure.Message);
    }

    [Fact(Timeout = Hang)]
    public async Task A_certificate_for_another_host_is_refused()
    {
        var failure = await ClientFailureAsync(new ClientTransportOptions { Tls = new SslClientAuthenticationOptions { TargetHost = "elsewhere.example" } });

        Assert.Contains("it is not for the host 'elsewhere.example'", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_certificate_with_another_fingerprint_is_refused()
    {
        var failure = await ClientFailureAsync(ClientTransportOptions.TrustingOnly(new string('A', 64)));

        Assert.Contains("was refused", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Any_certificate_is_accepted_by_those_who_say_so()
    {
        var (client, server) = await HandshakeAsync(_tls.ServerOptions, ClientTransportOptions.AcceptingAnyCertificate());

        Assert.Null(client);
        Assert.Null(server);
    }

    [Fact(Timeout = Hang)]
    public async Task Different_protocols_are_refused_on_both_sides()
    {
        var options = Trusting();
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];

        var (client, server) = await HandshakeAsync(_tls.ServerOptions, new ClientTransportOptions { Tls = options });

        Assert.Contains("hawser/1", Assert.IsType<AuthenticationException>(server).Message, StringComparison.Ordinal);
        Assert.IsType<AuthenticationException>(client);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_names_no_protocol_is_refused()
    {
        await using var listener = await _tls.ListenAsync();
        using var foreign = new System.Net.Sockets.TcpClient();
        await foreign.ConnectAsync("127.0.0.1", listener.Address.Port);
        await using var server = await listener.AcceptAsync(default);
        var handshake = server!.HandshakeAsync(default).AsTask();
        await using var stream = new SslStream(foreign.GetStream());
        await stream.AuthenticateAsClientAsync(Trusting());

        var failure = await Assert.ThrowsAsync<AuthenticationException>(() => handshake);

        Assert.Contains("did not agree to speak 'hawser/1' (ALPN)", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_certificate_that_is_asked_for_is_shown_to_the_server()
    {
        await using var listener = await _tls.ListenAsync(options: RequiringClientCertificate());
        var options = Trusting();
        options.ClientCertificates = [_tls.Certificate];
        var accepting = listener.AcceptAsync(default);
        await using var client = await _tls.ConnectAsync(listener, new ClientTransportOptions { Tls = options });
        await using var server = await accepting;

        await Task.WhenAll(client.HandshakeAsync(default).AsTask(), server!.HandshakeAsync(default).AsTask());

        Assert.Equal(CertificateFingerprint.Sha256(_tls.Certificate), CertificateFingerprint.Sha256(server.RemoteCertificate!));
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_without_the_certificate_that_is_asked_for_is_refused()
    {
        var (_, server) = await HandshakeAsync(RequiringClientCertificate(), _tls.ClientOptions);

        Assert.Matches("^The certificate of tls://127.0.0.1:[0-9]+ was refused: it showed none\\.$", Assert.IsType<AuthenticationException>(server).Message);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_does_not_speak_TLS_is_a_sentence()
    {
        await using var listener = await _tls.ListenAsync();
        await using var plain = await new Tcp().ConnectAsync($"tcp://127.0.0.1:{listener.Address.Port}");
        await using var server = await listener.AcceptAsync(default);
        await plain.FirstLane.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());

        var failure = await Assert.ThrowsAsync<AuthenticationException>(() => server!.HandshakeAsync(default).AsTask());

        Assert.StartsWith("The TLS handshake with tls://127.0.0.1:", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Listening_without_a_certificate_is_refused_with_a_sentence()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => _tls.ListenAsync(options: new ServerTransportOptions()).AsTask());

        Assert.Contains("without a certificate", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _tls.Dispose();

    private SslClientAuthenticationOptions Trusting() => new()
    {
        TargetHost = "localhost",
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            string.Equals(CertificateFingerprint.Sha256(certificate!), CertificateFingerprint.Sha256(_tls.Certificate), StringComparison.Ordinal),
    };

    private ServerTransportOptions RequiringClientCertificate() => new()
    {
        Tls = new SslServerAuthenticationOptions
        {
            ServerCertificate = _tls.Certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        },
    };

    private async Task<AuthenticationException> ClientFailureAsync(ClientTransportOptions options) =>
        Assert.IsType<AuthenticationException>((await HandshakeAsync(_tls.ServerOptions, options)).Client);

    private async Task<(Exception? Client, Exception? Server)> HandshakeAsync(ServerTransportOptions serverOptions, ClientTransportOptions clientOptions)
    {
        await using var listener = await _tls.ListenAsync(options: serverOptions);
        var accepting = listener.AcceptAsync(default);
        await using var client = await _tls.ConnectAsync(listener, clientOptions);
        await using var server = await accepting;
        var clientSide = Record.ExceptionAsync(async () =>
        {
            await using (client)
                await client.HandshakeAsync(default);
        });
        var serverSide = Record.ExceptionAsync(async () => await server!.HandshakeAsync(default));
        return (await clientSide, await serverSide);
    }
}
