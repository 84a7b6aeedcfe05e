using System.CommandLine;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Cli.Parsing;

/// <summary>The options of all client commands that say whom <c>tls://</c> and <c>grpcs://</c> trust, and who calls.</summary>
internal sealed class TlsOptions
{
    private readonly Option<string?> authority = new("--ca")
    {
        Description = "PEM file with the certificates to trust instead of the system's (tls:// and grpcs:// only).",
        HelpName = "FILE",
    };

    private readonly Option<string?> certificate = new("--cert")
    {
        Description = "The caller's certificate: a PEM file (with --key) or a PFX file (tls:// and grpcs:// only).",
        HelpName = "FILE",
    };

    private readonly Option<string?> key = new("--key")
    {
        Description = "The private key of --cert, a PEM file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> insecure = new("--insecure")
    {
        Description = "Accept any certificate: whoever is on the way can read and change everything (tls:// and grpcs:// only).",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(authority);
        command.Options.Add(certificate);
        command.Options.Add(key);
        command.Options.Add(insecure);
    }

    /// <summary>Reads the files that the options name.</summary>
    /// <exception cref="CommandException">A file is missing or is not what it should be.</exception>
    public ClientTransportOptions Read(ParseResult parsed)
    {
        var tls = new SslClientAuthenticationOptions();
        if (parsed.GetValue(insecure))
        {
#pragma warning disable CA5359 // This is what the option's name admits.
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        if (parsed.GetValue(authority) is { } authorityFile)
            tls.CertificateChainPolicy = TrustOnly(authorityFile);
        if (parsed.GetValue(certificate) is { } certificateFile)
            tls.ClientCertificates = [CertificateFile.Load(certificateFile, parsed.GetValue(key))];
        return new ClientTransportOptions { Tls = tls };
    }

    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException(ExitCode.NoInput, $"cannot read the certificates in '{file}': {exception.Message}", exception);
        }

        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new CommandException(ExitCode.NoInput, $"'{file}' has no certificate in PEM form.");
    }
}
