using Hawser.Cli.Parsing;
using Xunit;

namespace Hawser.Cli.Tests.Connecting;

public sealed class ClientCredentialsTests : IDisposable
{
    private readonly TestCertificates certificates = new();

    public void Dispose() => certificates.Dispose();

    [Fact]
    public void An_authority_that_is_not_there() =>
        Assert.Contains("cannot read the certificates in 'gone.pem'", Refused(new ClientCredentials { AuthorityFile = "gone.pem" }), StringComparison.Ordinal);

    [Fact]
    public void An_authority_that_is_a_directory() =>
        Assert.Contains("cannot read the certificates", Refused(new ClientCredentials { AuthorityFile = Path.GetTempPath() }), StringComparison.Ordinal);

    [Fact]
    public void An_authority_that_is_no_certificate() =>
        Assert.Contains("has no certificate in PEM form", Refused(new ClientCredentials { AuthorityFile = certificates.Write("a.pem", "Dear reader") }), StringComparison.Ordinal);

    [Fact]
    public void An_authority_whose_certificate_is_broken() =>
        Assert.Contains(
            "cannot read the certificates",
            Refused(new ClientCredentials { AuthorityFile = certificates.Write("a.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") }),
            StringComparison.Ordinal);

    [Fact]
    public void A_key_of_another_certificate()
    {
        certificates.Issue("ann");
        certificates.Issue("bob");
        Assert.Contains("cannot be loaded", Refused(Own("ann.pem", "bob.key")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_without_its_key()
    {
        certificates.Issue("ann");
        Assert.Contains("cannot be loaded", Refused(Own("ann.pem", key: null)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_not_there()
    {
        certificates.Issue("ann");
        Assert.Contains("gone.key' does not exist", Refused(Own("ann.pem", "gone.key")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_has_expired()
    {
        certificates.Issue("ann", from: -20, to: -10);
        Assert.Contains("expired on", Refused(Own("ann.pem", "ann.key")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_not_valid_yet()
    {
        certificates.Issue("ann", from: 10, to: 20);
        Assert.Contains("is not valid before", Refused(Own("ann.pem", "ann.key")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("ZZ:ZZ")]
    public void A_fingerprint_that_is_none(string fingerprint)
    {
        var failure = Assert.Throws<CommandException>(() => new ClientCredentials { Fingerprint = fingerprint }.Load(TimeProvider.System));
        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.Contains("64 hexadecimal digits", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ann.pem", "ann.key")]
    [InlineData("ann.pfx", null)]
    public void A_certificate_may_be_PEM_or_PFX(string file, string? key)
    {
        using var certificate = certificates.Issue("ann");
        Assert.Equal(certificate.Thumbprint, Own(file, key).Load(TimeProvider.System).Tls!.ClientCertificateContext!.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void What_stands_behind_the_certificate_in_its_file_is_shown_too()
    {
        certificates.Issue("ann");
        var chain = certificates.Write("chain.pem", File.ReadAllText(certificates.PathOf("ann.pem")) + "\n" + File.ReadAllText(certificates.AuthorityFile));
        var context = new ClientCredentials { CertificateFile = chain, KeyFile = certificates.PathOf("ann.key") }.Load(TimeProvider.System).Tls!.ClientCertificateContext!;
        Assert.Equal("CN=ann", context.TargetCertificate.Subject);
    }

    private ClientCredentials Own(string file, string? key) =>
        new() { CertificateFile = certificates.PathOf(file), KeyFile = key is null ? null : certificates.PathOf(key) };

    private static string Refused(ClientCredentials credentials)
    {
        var failure = Assert.Throws<CommandException>(() => credentials.Load(TimeProvider.System));
        Assert.Equal(ExitCode.NoInput, failure.ExitCode);
        return failure.Message;
    }
}
