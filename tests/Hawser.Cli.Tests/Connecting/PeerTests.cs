using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Grpc;
using Hawser.Transports;
using Xunit;

namespace Hawser.Cli.Tests.Connecting;

public sealed class PeerTests : IAsyncDisposable
{
    // Port 1 is nobody's.
    private const string Dead = "tcp://127.0.0.1:1";

    private readonly TestCertificates certificates = new();
    private readonly HawserServer server = new(new HawserServerOptions { Wires = [new GrpcWire()] });

    public PeerTests()
    {
        server.Map("Test/Echo", (string text) => text);
        server.Map("Test/Who", (CallContext call) => call.Connection.RemoteCertificate?.Subject ?? "nobody");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        certificates.Dispose();
    }

    [Fact]
    public async Task Of_several_addresses_the_first_that_answers_is_taken() =>
        Assert.Equal("\"hi\"", await EchoAsync(new Peer($"{Dead},{await ListenAsync("tcp")}", new ConnectSettings())));

    [Fact]
    public async Task Of_several_gRPC_addresses_the_first_that_answers_is_taken() =>
        Assert.Equal("\"hi\"", await EchoAsync(new Peer($"grpc://127.0.0.1:1,{await ListenAsync("grpc")}", new ConnectSettings())));

    [Fact]
    public async Task When_none_of_several_answers_each_has_its_reason()
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() => OpenAsync(new Peer($"{Dead},unix:{certificates.PathOf("gone.sock")}", new ConnectSettings())));
        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Contains($"Nothing listens on {Dead}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("gone.sock", failure.Message[failure.Message.IndexOf(':', "cannot reach ".Length)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_is_waited_for()
    {
        var path = "unix:" + certificates.PathOf("late.sock");
        Task? listening = null;
        var peer = new Peer(path, new ConnectSettings { WaitForReady = true })
        {
            Waiting = _ => listening ??= server.ListenAsync(path, cancellationToken: TestContext.Current.CancellationToken).AsTask(),
        };
        Assert.Equal("\"hi\"", await EchoAsync(peer));
        await listening!;
    }

    [Fact]
    public async Task The_deadline_ends_the_wait()
    {
        var reasons = new List<string>();
        var peer = new Peer(Dead, new ConnectSettings { WaitForReady = true, Deadline = TimeSpan.FromMilliseconds(1) }) { Waiting = reasons.Add };
        var failure = await Assert.ThrowsAsync<RpcException>(() => OpenAsync(peer));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
        Assert.True(reasons.Count <= 1);
    }

    [Fact]
    public async Task Waiting_ends_when_the_user_has_enough()
    {
        using var enough = new CancellationTokenSource();
        var peer = new Peer(Dead, new ConnectSettings { WaitForReady = true }) { Waiting = _ => enough.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => peer.OpenAsync(metadata: null, isJson: true, enough.Token));
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("grpcs")]
    public async Task The_caller_is_known_by_its_certificate(string scheme)
    {
        certificates.Issue("ann");
        var address = await ListenAsync(scheme, requiresClient: true);
        Assert.Equal("\"CN=ann\"", await CallAsync(new Peer(address, Trusting("ann")), "Test/Who"));
    }

    [Fact]
    public async Task A_caller_without_a_certificate_is_refused_where_one_is_required()
    {
        var address = await ListenAsync("tls", requiresClient: true);
        var failure = await Assert.ThrowsAsync<CommandException>(() => OpenAsync(new Peer(address, Trusting(own: null))));
        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("grpcs")]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_with_what_to_do(string scheme)
    {
        var address = await ListenAsync(scheme);
        var failure = await Assert.ThrowsAsync<CommandException>(() => OpenAsync(new Peer(address, new ConnectSettings())));
        Assert.Contains("--ca FILE trusts an authority, --pin FINGERPRINT this one certificate", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("grpcs")]
    public async Task The_pinned_certificate_is_trusted_and_no_other(string scheme)
    {
        var address = await ListenAsync(scheme);
        using var other = certificates.Issue("other");
        Assert.Equal("\"hi\"", await EchoAsync(new Peer(address, Pinning(served!))));
        var failure = await Assert.ThrowsAsync<CommandException>(() => OpenAsync(new Peer(address, Pinning(other))));
        Assert.Contains("another fingerprint than --pin", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Schemes =>
        [.. from served in Wires from called in Wires where served != called select new TheoryDataRow<string, string>(served, called)];

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task A_wrong_scheme_is_answered_with_the_right_one(string served, string called)
    {
        var address = await ListenAsync(served);
        var wrong = called + address[address.IndexOf(':', StringComparison.Ordinal)..];
        var failure = await Assert.ThrowsAsync<CommandException>(() => OpenAsync(new Peer(wrong, Trusting(own: null))));
        Assert.EndsWith($"; try {address}.", failure.Message, StringComparison.Ordinal);
    }

    private static string[] Wires => ["tcp", "tls", "grpc", "grpcs"];

    private X509Certificate2? served;

    private ConnectSettings Trusting(string? own) => new()
    {
        Transport = new ClientCredentials
        {
            AuthorityFile = certificates.AuthorityFile,
            CertificateFile = own is null ? null : certificates.PathOf(own + ".pem"),
            KeyFile = own is null ? null : certificates.PathOf(own + ".key"),
        }.Load(TimeProvider.System),
    };

    private static ConnectSettings Pinning(X509Certificate2 certificate) =>
        new() { Transport = new ClientCredentials { Fingerprint = CertificateFingerprint.Sha256(certificate) }.Load(TimeProvider.System) };

    private async Task<string> ListenAsync(string scheme, bool requiresClient = false)
    {
        var tls = new SslServerAuthenticationOptions
        {
            ServerCertificate = served = certificates.Issue("server"),
            ClientCertificateRequired = requiresClient,
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        tls.CertificateChainPolicy.CustomTrustStore.Add(certificates.Authority);
        var address = await server.ListenAsync($"{scheme}://localhost:0", new ServerTransportOptions { Tls = tls }, TestContext.Current.CancellationToken);
        return address.ToString().TrimEnd('/');
    }

    private static Task<HawserChannel> OpenAsync(Peer peer) => peer.OpenAsync(metadata: null, isJson: true, TestContext.Current.CancellationToken);

    private static Task<string> EchoAsync(Peer peer) => CallAsync(peer, "Test/Echo", "hi");

    private static async Task<string> CallAsync(Peer peer, string method, string? text = null)
    {
        await using var channel = await OpenAsync(peer);
        var reply = text is null
            ? await channel.CallAsync<System.Text.Json.JsonElement>(method, TestContext.Current.CancellationToken)
            : await channel.CallAsync<string, System.Text.Json.JsonElement>(method, text, TestContext.Current.CancellationToken);
        return reply.GetRawText();
    }
}
