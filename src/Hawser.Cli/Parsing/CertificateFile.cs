using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Cli.Parsing;

/// <summary>Certificates with their private keys, from PEM or PFX files.</summary>
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
            if (keyFile is null && Path.GetExtension(file).ToUpperInvariant() is ".PFX" or ".P12")
                return X509CertificateLoader.LoadPkcs12FromFile(file, password: null);
            using var pem = X509Certificate2.CreateFromPemFile(file, keyFile);

            // Windows does TLS only with keys that went through a PFX.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            var files = keyFile is null ? $"'{file}'" : $"'{file}' with the key in '{keyFile}'";
            throw new CommandException(ExitCode.NoInput, $"cannot load the certificate {files}: {exception.Message}", exception);
        }
    }
}
