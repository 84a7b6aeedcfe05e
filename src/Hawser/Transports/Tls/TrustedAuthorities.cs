using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>How a chain of certificates is judged when it is not the system that decides whom to trust.</summary>
internal static class TrustedAuthorities
{
    /// <summary>Chains must end at one of these authorities.</summary>
    /// <exception cref="ArgumentException">There is no authority.</exception>
    public static X509ChainPolicy ToPolicy(X509Certificate2Collection authorities)
    {
        ArgumentNullException.ThrowIfNull(authorities);
        if (authorities.Count == 0)
            throw new ArgumentException("There is no certificate among the authorities, so nobody would be trusted; give at least one.", nameof(authorities));

        // Private authorities seldom publish revocations, and a connection must not wait for the web.
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>Chains are of no interest: another judgement follows.</summary>
    public static X509ChainPolicy NoPolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };
}
