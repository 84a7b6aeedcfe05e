using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>Loads a server's certificate together with its private key.</summary>
/// <remarks>Safe from any thread. Whoever loads a certificate disposes it, after the servers that use it.</remarks>
public static class ServerCertificate
{
    /// <summary>Loads a certificate and its key from PEM files.</summary>
    /// <param name="certificateFile">The certificate; the first one in the file counts.</param>
    /// <param name="keyFile">Its private key, not encrypted; null if it is in the same file.</param>
    /// <returns>The certificate with its key.</returns>
    /// <exception cref="IOException">A file cannot be read, or holds no matching certificate and key; the text names it.</exception>
    public static X509Certificate2 FromPem(string certificateFile, string? keyFile = null)
    {
        ArgumentNullException.ThrowIfNull(certificateFile);
        RequireFile(certificateFile);
        if (keyFile is not null)
            RequireFile(keyFile);
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            if (!OperatingSystem.IsWindows())
                return new X509Certificate2(pem);
            // Windows serves TLS only with keys that it has stored, which loading from PKCS #12 does.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or UnauthorizedAccessException)
        {
            var files = keyFile is null ? $"'{certificateFile}'" : $"'{certificateFile}' with the key '{keyFile}'";
            throw new IOException($"The certificate {files} cannot be loaded: {Reason(exception)}", exception);
        }
    }

    /// <summary>Loads a certificate and its key from a PFX (PKCS #12) file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="password">Its password; null if it has none.</param>
    /// <returns>The certificate with its key.</returns>
    /// <exception cref="IOException">The file cannot be read, the password is wrong, or there is no private key; the text names the file.</exception>
    public static X509Certificate2 FromPfx(string file, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        RequireFile(file);
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12FromFile(file, password);
        }
        catch (Exception exception) when (exception is CryptographicException or UnauthorizedAccessException)
        {
            throw new IOException($"The certificate '{file}' cannot be loaded: {Reason(exception)}", exception);
        }

        if (certificate.HasPrivateKey)
            return certificate;
        certificate.Dispose();
        throw new IOException($"The certificate '{file}' cannot be loaded: it has no private key.");
    }

    private static void RequireFile(string file)
    {
        if (!File.Exists(file))
            throw new FileNotFoundException($"The certificate file '{file}' does not exist.", file);
    }

    private static string Reason(Exception exception) => exception.Message.EndsWith('.') ? exception.Message : exception.Message + ".";
}
