using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Cli.Parsing;

/// <summary>Certificates with their private keys, from the files that options name.</summary>
internal static class CertificateFile
{
    /// <summary>Loads a certificate.</summary>
    /// <param name="file">A PEM file, or a PFX file without password.</param>
    /// <param name="keyFile">The private key in PEM form; null when it is in <paramref name="file"/> too.</param>
    /// <exception cref="CommandException">A file is missing, or is not what it should be.</exception>
    public static X509Certificate2 Load(string file, string? keyFile)
    {
        try
        {
            return keyFile is null && IsPfx(file) ? ServerCertificate.FromPfx(file) : ServerCertificate.FromPem(file, keyFile);
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.NoInput, exception.Message, exception);
        }
    }

    /// <summary>Whether a file holds PFX by its name, and not PEM.</summary>
    public static bool IsPfx(string file) => Path.GetExtension(file).ToUpperInvariant() is ".PFX" or ".P12";
}
