using System.CommandLine;
using Hawser.Transports;

namespace Hawser.Cli.Parsing;

/// <summary>The options of all client commands that say whom <c>tls://</c>, <c>quic://</c> and <c>grpcs://</c> trust, and who calls.</summary>
internal sealed class TlsOptions
{
    private const string Where = "(tls://, quic:// and grpcs:// only)";

    private const string Warning = "hawser: --insecure: the server's certificate is not checked; whoever is on the way can read and change everything.";

    private readonly Option<string?> authority = new("--ca")
    {
        Description = $"PEM file with the certificates to trust instead of the system's {Where}.",
        HelpName = "FILE",
    };

    private readonly Option<string?> pin = new("--pin")
    {
        Description = $"Trust the one certificate that has this SHA-256 fingerprint, whoever signed it {Where}.",
        HelpName = "FINGERPRINT",
    };

    private readonly Option<string?> certificate = new("--cert")
    {
        Description = $"The caller's certificate: a PEM file (with --key) or a PFX file {Where}.",
        HelpName = "FILE",
    };

    private readonly Option<string?> key = new("--key")
    {
        Description = "The private key of --cert, a PEM file.",
        HelpName = "FILE",
    };

    private readonly Option<bool> insecure = new("--insecure")
    {
        Description = $"Accept any certificate: whoever is on the way can read and change everything {Where}.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { authority, pin, certificate, key, insecure })
            command.Options.Add(option);
    }

    /// <summary>Reads the files that the options name. That certificates are not checked is said on standard error.</summary>
    /// <exception cref="CommandException">The options contradict each other or the address, or a file is missing or is not what it should be.</exception>
    public ClientTransportOptions Read(ParseResult parsed, string address)
    {
        var given = new Option[] { authority, pin, certificate, key, insecure }.Where(option => parsed.GetResult(option) is { Implicit: false }).ToArray();
        if (given.Length == 0)
            return new ClientTransportOptions();
        if (Address.FirstUnencrypted(address) is { } open)
            throw new CommandException(ExitCode.Usage, $"{given[0].Name} is for tls://, quic:// and grpcs://; connections to {open} are not encrypted.");
        var trusts = given.Where(option => option == authority || option == pin || option == insecure).ToArray();
        if (trusts.Length > 1)
            throw new CommandException(ExitCode.Usage, $"{trusts[0].Name} and {trusts[1].Name} each say whom to trust; give one of them.");
        if (parsed.GetValue(key) is not null && parsed.GetValue(certificate) is null)
            throw new CommandException(ExitCode.Usage, "--key is the key of a certificate; give that with --cert FILE.");
        if (parsed.GetValue(insecure))
            Console.Error.WriteLine(Warning);
        return new ClientCredentials
        {
            AuthorityFile = parsed.GetValue(authority),
            Fingerprint = parsed.GetValue(pin),
            CertificateFile = parsed.GetValue(certificate),
            KeyFile = parsed.GetValue(key),
            IsInsecure = parsed.GetValue(insecure),
        }.Load(TimeProvider.System);
    }
}
