using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>Whom a transport with TLS trusts: chains are checked up to the roots that are trusted, on both sides.</summary>
public abstract class TrustConformance(TransportUnderTest transport) : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("Another authority");

    [Fact(Timeout = Hang)]
    public async Task A_server_that_a_trusted_authority_vouches_for_is_accepted() =>
        await ConnectAsync(Serving(_authority.IssueServer()), Trusting(_authority));

    [Fact(Timeout = Hang)]
    public async Task An_authority_may_vouch_through_another()
    {
        using var intermediate = _authority.NewIntermediate();
        var options = ServerTransportOptions.WithCertificate(intermediate.IssueServer(), intermediate.Trusted);

        await ConnectAsync(options, Trusting(_authority));
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_of_another_authority_is_refused() =>
        Assert.Contains("it is not trusted (", await RefusalAsync(Serving(_other.IssueServer()), Trusting(_authority)), StringComparison.Ordinal);

    [Fact(Timeout = Hang)]
    public async Task The_system_trusts_no_private_authority() =>
        Assert.Contains("it is not trusted (", await RefusalAsync(Serving(_authority.IssueServer()), new ClientTransportOptions()), StringComparison.Ordinal);

    [Fact(Timeout = Hang)]
    public async Task A_self_signed_certificate_is_refused()
    {
        var directory = Directory.CreateTempSubdirectory("hawser-").FullName;
        using var selfSigned = DevelopmentCertificate.LoadOrCreate(directory);
        Directory.Delete(directory, recursive: true);

        Assert.Contains("it is not trusted (", await RefusalAsync(Serving(selfSigned), Trusting(_authority)), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_self_signed_certificate_is_its_own_authority()
    {
        var directory = Directory.CreateTempSubdirectory("hawser-").FullName;
        using var selfSigned = DevelopmentCertificate.LoadOrCreate(directory);
        Directory.Delete(directory, recursive: true);

        await ConnectAsync(Serving(selfSigned), ClientTransportOptions.TrustingAuthorities([selfSigned]));
    }

    [Fact(Timeout = Hang)]
    public async Task A_certificate_for_another_host_is_refused() => Assert.Contains(
        "it is not for the host '127.0.0.1'", await RefusalAsync(Serving(_authority.IssueServer("elsewhere.example")), Trusting(_authority)), StringComparison.Ordinal);

    [Fact(Timeout = Hang)]
    public async Task A_certificate_for_the_host_that_is_named_is_accepted()
    {
        var options = TlsOptions.Copy(Trusting(_authority).Tls!);
        options.TargetHost = "elsewhere.example";

        await ConnectAsync(Serving(_authority.IssueServer("elsewhere.example")), new ClientTransportOptions { Tls = options });
    }

    [Fact(Timeout = Hang)]
    public async Task An_expired_certificate_is_refused() => Assert.Contains(
        "NotTimeValid", await RefusalAsync(Serving(_authority.IssueServer(daysLeft: -1)), Trusting(_authority)), StringComparison.Ordinal);

    [Fact(Timeout = Hang)]
    public async Task A_certificate_for_clients_serves_nobody() => Assert.Contains(
        "NotValidForUsage", await RefusalAsync(Serving(_authority.IssueClient()), Trusting(_authority)), StringComparison.Ordinal);

    [Fact(Timeout = Hang)]
    public async Task One_certificate_alone_is_trusted_whoever_signed_it()
    {
        var certificate = _other.IssueServer("elsewhere.example", daysLeft: -1);

        await ConnectAsync(Serving(certificate), ClientTransportOptions.TrustingOnly(certificate));
    }

    [Fact(Timeout = Hang)]
    public async Task Of_all_others_one_certificate_alone_is_trusted()
    {
        var trust = ClientTransportOptions.TrustingOnly(_authority.IssueServer());

        Assert.Contains("it is not one of those that this side trusts", await RefusalAsync(Serving(_authority.IssueServer()), trust), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_is_known_by_its_certificate()
    {
        var mine = _other.IssueClient();
        var server = Serving(_authority.IssueServer()).RequiringClientCertificates(_other.Trusted);

        var seen = await ConnectAsync(server, Trusting(_authority).WithClientCertificate(mine));

        Assert.Equal(CertificateFingerprint.Sha256(mine), seen);
    }

    [Fact(Timeout = Hang)]
    public async Task Both_sides_are_known_by_their_certificates_after_the_end_too()
    {
        var mine = _other.IssueClient();
        var theirs = _authority.IssueServer();
        await using var listener = await transport.ListenAsync(options: Serving(theirs).RequiringClientCertificates(_other.Trusted));
        var accepting = listener.AcceptAsync(default);
        var client = await transport.ConnectAsync(listener, Trusting(_authority).WithClientCertificate(mine));
        var server = (await accepting)!;
        await Task.WhenAll(client.HandshakeAsync(default).AsTask(), server.HandshakeAsync(default).AsTask());

        await client.DisposeAsync();
        await server.DisposeAsync();

        Assert.Equal(CertificateFingerprint.Sha256(mine), CertificateFingerprint.Sha256(server.RemoteCertificate!));
        Assert.Equal(CertificateFingerprint.Sha256(theirs), CertificateFingerprint.Sha256(client.RemoteCertificate!));
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_without_a_certificate_is_refused_where_one_is_required() =>
        await AssertClientRefusedAsync(Trusting(_authority));

    [Fact(Timeout = Hang)]
    public async Task A_client_of_another_authority_is_refused() =>
        await AssertClientRefusedAsync(Trusting(_authority).WithClientCertificate(_other.IssueClient()));

    [Fact(Timeout = Hang)]
    public async Task A_client_whose_certificate_has_expired_is_refused() =>
        await AssertClientRefusedAsync(Trusting(_authority).WithClientCertificate(_authority.IssueClient(daysLeft: -1)));

    [Fact]
    public void A_certificate_without_its_key_proves_nothing()
    {
        using var bare = X509CertificateLoader.LoadCertificate(_authority.IssueClient().RawData);

        Assert.Contains("has no private key", Assert.Throws<ArgumentException>(() => Trusting(_authority).WithClientCertificate(bare)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_is_no_authority() => Assert.Throws<ArgumentException>(() => ClientTransportOptions.TrustingAuthorities([]));

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        transport.Dispose();
        GC.SuppressFinalize(this);
    }

    private static ServerTransportOptions Serving(X509Certificate2 certificate) => ServerTransportOptions.WithCertificate(certificate);

    private static ClientTransportOptions Trusting(TestAuthority authority) => ClientTransportOptions.TrustingAuthorities(authority.Trusted);

    /// <summary>The sentence with which the client refuses the server.</summary>
    private async Task<string> RefusalAsync(ServerTransportOptions server, ClientTransportOptions client)
    {
        var failure = await Assert.ThrowsAsync<AuthenticationException>(() => ConnectAsync(server, client));
        Assert.Matches("^The certificate of [a-z]+://127.0.0.1:[0-9]+ was refused: ", failure.Message);
        return failure.Message;
    }

    /// <summary>In TLS 1.3 a client has shaken hands before the server has seen its certificate: it learns of the refusal afterwards.</summary>
    private async Task AssertClientRefusedAsync(ClientTransportOptions client)
    {
        var server = Serving(_authority.IssueServer()).RequiringClientCertificates(_authority.Trusted);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server, client));

        Assert.True(failure is IOException or AuthenticationException, failure.ToString());
    }

    /// <summary>Has a byte go there and back.</summary>
    /// <returns>The fingerprint of the certificate that the server saw; null when there was none.</returns>
    private async Task<string?> ConnectAsync(ServerTransportOptions serverOptions, ClientTransportOptions clientOptions)
    {
        string? seen = null;
        await using var listener = await transport.ListenAsync(options: serverOptions);
        var serving = Task.Run(async () =>
        {
            if (await listener.AcceptAsync(default) is not { } accepted)
                return;
            await using var server = accepted;
            try
            {
                await server.HandshakeAsync(default);
                seen = server.RemoteCertificate is { } certificate ? CertificateFingerprint.Sha256(certificate) : null;
                await server.FirstLane.WriteAsync(await server.FirstLane.ReadExactlyAsync(1));
                await server.FirstLane.ReadAsync(new byte[1]);
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException)
            {
                // The client is told, too, and it is the client that the test asks.
            }
        });
        try
        {
            await using var client = await transport.ConnectAsync(listener, clientOptions);
            await client.HandshakeAsync(default);
            await client.FirstLane.WriteAsync(new byte[1]);
            await client.FirstLane.ReadExactlyAsync(1);
        }
        finally
        {
            await listener.DisposeAsync();
            await serving;
        }

        return seen;
    }
}

public sealed class TlsTrustConformance() : TrustConformance(new Tls());

public sealed class QuicTrustConformance() : TrustConformance(new Quic());
