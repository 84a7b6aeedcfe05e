using System.Net;

namespace Hawser.Node;

/// <summary>Where a node may listen: nothing leaves this machine unencrypted unless somebody said so by name.</summary>
internal static class ListenAddress
{
    /// <summary>Why an address must not be listened on, or null when it may.</summary>
    /// <param name="address">The address, for instance <c>tcp://127.0.0.1:4772</c>.</param>
    /// <param name="insecureBeyondLoopback">Whether unencrypted connections from other machines were asked for.</param>
    public static string? Check(string address, bool insecureBeyondLoopback)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            return $"'{address}' is not an address; write for instance tcp://127.0.0.1:4772 or grpc://127.0.0.1:4770.";
        if (insecureBeyondLoopback || uri.Scheme is not ("tcp" or "grpc") || IsLoopback(uri))
            return null;
        return $"'{address}' would take unencrypted calls from other machines: use {(uri.Scheme is "grpc" ? "grpcs" : "tls")}:// with a certificate, a loopback address, or --insecure-listen-beyond-loopback.";
    }

    // Only what cannot mean anything else: a name could be pointed elsewhere after this check, "localhost" cannot (RFC 6761).
    private static bool IsLoopback(Uri uri) =>
        IPAddress.TryParse(uri.DnsSafeHost, out var ip)
            ? IPAddress.IsLoopback(ip)
            : string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase);
}
