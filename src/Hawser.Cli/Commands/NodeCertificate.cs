using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hawser.Cli.Parsing;
using Hawser.Transports;

namespace Hawser.Cli.Commands;

/// <summary>The certificate of the node that <c>hawser up</c> runs: the one that was named, or a development certificate.</summary>
internal static class NodeCertificate
{
    private const string AuthorityFile = "hawser-development.pem";

    private static readonly string[] SecureSchemes = ["tls:", "grpcs:"];

    /// <summary>Loads the certificate if an address needs one.</summary>
    /// <param name="listen">The addresses.</param>
    /// <param name="certificate">The file with the certificate; null for a development certificate.</param>
    /// <param name="key">The file with its key; null when it is in the same file.</param>
    /// <param name="directory">Where the development certificate is kept; null for the user's own data.</param>
    /// <exception cref="CommandException">A file cannot be read or written.</exception>
    public static ServerTransportOptions CreateTransport(IReadOnlyList<string> listen, string? certificate, string? key, string? directory)
    {
        if (certificate is not null)
            return With(CertificateFile.Load(certificate, key));
        return listen.Any(address => SecureSchemes.Any(scheme => address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)))
            ? With(LoadDevelopment(directory ?? UserDirectory()))
            : new ServerTransportOptions();
    }

    private static ServerTransportOptions With(X509Certificate2 certificate) =>
        new() { Tls = new SslServerAuthenticationOptions { ServerCertificate = certificate } };

    private static X509Certificate2 LoadDevelopment(string directory)
    {
        try
        {
            var certificate = DevelopmentCertificate.LoadOrCreate(directory);

            // The public half, in the form that --ca takes.
            var authority = Path.Combine(directory, AuthorityFile);
            File.WriteAllText(authority, certificate.ExportCertificatePem());
            Console.WriteLine($"no --cert: serving a development certificate for localhost; clients on this machine trust it with --ca {authority}");
            return certificate;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot keep a development certificate in '{directory}': {exception.Message}", exception);
        }
    }

    private static string UserDirectory() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "hawser");
}
