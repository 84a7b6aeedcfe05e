using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hawser.Cli.Parsing;
using Hawser.Transports;

namespace Hawser.Cli.Commands;

/// <summary>The certificate of the node that <c>hawser up</c> runs: the one that was named, or a development certificate.</summary>
/// <param name="Transport">Serves it.</param>
/// <param name="Greeting">What is said of it once it is served, a line each.</param>
internal sealed record NodeCertificate(ServerTransportOptions Transport, IReadOnlyList<string> Greeting)
{
    private const string AuthorityFile = "hawser-development.pem";

    /// <summary>Loads the certificate if an address needs one.</summary>
    /// <param name="listen">The addresses.</param>
    /// <param name="certificate">The file with the certificate; null for a development certificate.</param>
    /// <param name="key">The file with its key; null when it is in the same file.</param>
    /// <param name="directory">Where the development certificate is kept; null for the user's own data.</param>
    /// <exception cref="CommandException">A file cannot be read or written, or there is a key without a certificate.</exception>
    public static NodeCertificate Load(IReadOnlyList<string> listen, string? certificate, string? key, string? directory)
    {
        if (key is not null && certificate is null)
            throw new CommandException(ExitCode.Usage, "--key is the key of a certificate; give that with --cert FILE.");
        if (certificate is not null)
            return new NodeCertificate(Serving(CertificateFile.Load(certificate, key)), []);
        return listen.Any(Address.IsSecure) ? LoadDevelopment(directory ?? UserDirectory()) : new NodeCertificate(new ServerTransportOptions(), []);
    }

    private static ServerTransportOptions Serving(X509Certificate2 certificate) =>
        new() { Tls = new SslServerAuthenticationOptions { ServerCertificate = certificate } };

    private static NodeCertificate LoadDevelopment(string directory)
    {
        try
        {
            var certificate = DevelopmentCertificate.LoadOrCreate(directory);

            // The public half, in the form that --ca takes.
            var authority = Path.Combine(directory, AuthorityFile);
            File.WriteAllText(authority, certificate.ExportCertificatePem());
            return new NodeCertificate(
                Serving(certificate),
                [
                    $"no --cert: serving a development certificate for localhost; clients on this machine trust it with --ca {authority}",
                    $"its SHA-256 fingerprint is {CertificateFingerprint.Sha256(certificate)}",
                ]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot keep a development certificate in '{directory}': {exception.Message}", exception);
        }
    }

    private static string UserDirectory() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "hawser");
}
