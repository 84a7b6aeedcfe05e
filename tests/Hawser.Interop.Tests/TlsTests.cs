using System.Security.Cryptography.X509Certificates;
using Hawser.Interop.Tests.Languages;
using Hawser.Interop.Tests.Runs;
using Hawser.Transports;

namespace Hawser.Interop.Tests;

/// <summary>TLS between ours and theirs, with Hawser's development certificate.</summary>
public sealed class TlsTests : IDisposable
{
    // What TLS can break is how bytes travel; what the calls mean is no other with it.
    private static readonly string[] cases = ["empty_unary", "large_unary", "ping_pong", "custom_metadata", "unimplemented_method"];

    private readonly TemporaryDirectory directory = new();

    public TlsTests()
    {
        using var certificate = DevelopmentCertificate.LoadOrCreate(directory.Path, TimeProvider.System);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
    }

    public static TheoryData<string> Languages => [.. AllLanguages.Foreign.Select(language => language.Name)];

    private string Certificate => directory.File("certificate.pem");

    private string Key => directory.File("key.pem");

    [Theory]
    [MemberData(nameof(Languages))]
    public Task A_foreign_client_calls_our_server_over_TLS(string language) => AgreeAsync(AllLanguages.Named(language), AllLanguages.Ours);

    [Theory]
    [MemberData(nameof(Languages))]
    public Task Our_client_calls_a_foreign_server_over_TLS(string language) => AgreeAsync(AllLanguages.Ours, AllLanguages.Named(language));

    public void Dispose() => directory.Dispose();

    private async Task AgreeAsync(Language client, Language server)
    {
        await SharedRuns.SkipIfMissingAsync(client, server);
        await using var running = await ServerProgram.StartAsync(server, "--tls_cert", Certificate, "--tls_key", Key);
        var outcomes = await Run.CasesAsync(client, running, cases, "--use_tls", "--ca", Certificate);
        Assert.All(outcomes, outcome => Assert.True(outcome.Value.Verdict == Verdict.Passed, $"{outcome.Key} {outcome.Value.Reason}"));
    }
}
