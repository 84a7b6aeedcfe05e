using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Cli.Parsing;

/// <summary>Whom a client command trusts and who it is, as files and texts of its user.</summary>
internal sealed record ClientCredentials
{
    /// <summary>PEM file with the certificates to trust; null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The SHA-256 fingerprint of the one certificate to trust; null for none.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The caller's certificate, a PEM or PFX file; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key in PEM form; null when it is in <see cref="CertificateFile"/> too.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Whether any certificate is accepted.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Loads the files.</summary>
    /// <param name="clock">Says whether the caller's certificate is valid.</param>
    /// <exception cref="CommandException">A file is missing or is not what it should be; the fingerprint is none; the caller's certificate is not valid now.</exception>
    public ClientTransportOptions Load(TimeProvider clock)
    {
        var trust = Trust();
        if (CertificateFile is not { } certificateFile)
            return trust;
        var tls = trust.Tls ?? new SslClientAuthenticationOptions();
        tls.ClientCertificateContext = SslStreamCertificateContext.Create(LoadOwn(certificateFile, clock), LoadIntermediates(certificateFile), offline: true);
        return new ClientTransportOptions { Tls = tls };
    }

    private ClientTransportOptions Trust()
    {
        if (IsInsecure)
            return ClientTransportOptions.AcceptingAnyCertificate();
        if (AuthorityFile is not null)
            return ClientTransportOptions.TrustingAuthorities(LoadAuthorities(AuthorityFile));
        try
        {
            return Fingerprint is null ? new ClientTransportOptions() : ClientTransportOptions.TrustingOnly(Fingerprint);
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.Usage, $"--pin is '{Fingerprint}'; write the certificate's SHA-256 fingerprint, 64 hexadecimal digits with or without colons.", exception);
        }
    }

    private X509Certificate2 LoadOwn(string file, TimeProvider clock)
    {
        var certificate = Parsing.CertificateFile.Load(file, KeyFile);
        var now = clock.GetUtcNow().UtcDateTime;
        if (now > certificate.NotAfter.ToUniversalTime())
            throw new CommandException(ExitCode.NoInput, $"the certificate '{file}' expired on {Day(certificate.NotAfter)}, and no server would take it; renew it.");
        return now >= certificate.NotBefore.ToUniversalTime()
            ? certificate
            : throw new CommandException(ExitCode.NoInput, $"the certificate '{file}' is not valid before {Day(certificate.NotBefore)}; is the clock of this machine right?");
    }

    /// <summary>What stands behind the caller's own certificate in its file, so that servers that know only the root accept it.</summary>
    private static X509Certificate2Collection LoadIntermediates(string file)
    {
        var all = new X509Certificate2Collection();
        if (!Parsing.CertificateFile.IsPfx(file))
            all.ImportFromPemFile(file);
        if (all.Count > 0)
            all.RemoveAt(0);
        return all;
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException(ExitCode.NoInput, $"cannot read the certificates in '{file}': {exception.Message}", exception);
        }

        return authorities.Count > 0 ? authorities : throw new CommandException(ExitCode.NoInput, $"'{file}' has no certificate in PEM form.");
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
