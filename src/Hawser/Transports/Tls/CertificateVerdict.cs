using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>Judges the peer's certificate in one handshake, and remembers why it was refused.</summary>
/// <param name="callback">The user's own judgement; without one, any error refuses.</param>
internal sealed class CertificateVerdict(RemoteCertificateValidationCallback? callback)
{
    private string? reason;
    private bool wrongHost;

    /// <summary>Judges.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (callback is null ? errors == SslPolicyErrors.None : callback(sender, certificate, chain, errors))
            return true;

        wrongHost = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            reason = "it showed none";
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            reason = $"it is not trusted ({string.Join(", ", chain?.ChainStatus.Select(one => one.Status).Distinct() ?? [])})";
        else if (!wrongHost)
            reason = "it is not one of those that this side trusts";
        return false;
    }

    /// <summary>Judges a client's certificate. No host goes with it; what QUIC compares its names with is the name of this side.</summary>
    public bool AcceptsClient(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        Accepts(sender, certificate, chain, errors & ~SslPolicyErrors.RemoteCertificateNameMismatch);

    /// <summary>A sentence on why the certificate was refused; null if it was not.</summary>
    public string? Describe(string peer, string? host)
    {
        if (!wrongHost && reason is null)
            return null;
        var hostReason = wrongHost ? $"it is not for the host '{host}'" : null;
        return $"The certificate of {peer} was refused: {string.Join(", and ", new[] { hostReason, reason }.OfType<string>())}.";
    }
}
