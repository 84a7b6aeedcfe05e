using System.Net;

namespace Hawser;

/// <summary>Keeps credentials from going where others can read them, or nowhere at all.</summary>
internal static class CredentialsTransport
{
    /// <exception cref="ArgumentException">The options' credentials must not, or cannot, be sent to this address; the text says what to do.</exception>
    public static void Check(HawserChannelOptions options, string address)
    {
        var scheme = address[..Math.Max(address.IndexOf(':', StringComparison.Ordinal), 0)];
        if (options.ConnectionCredentials is not null && Is(scheme, "grpc", "grpcs"))
            throw new ArgumentException($"gRPC's connections carry no credentials of their own, so HawserChannelOptions.ConnectionCredentials cannot be used with '{address}': use CallCredentials.", nameof(address));
        if ((options.ConnectionCredentials ?? options.CallCredentials) is null || options.AllowCredentialsWithoutTls || !Is(scheme, "tcp", "grpc") || IsLoopback(address))
            return;
        throw new ArgumentException(
            $"Everybody on the way to '{address}' could read the credentials: connect with {(Is(scheme, "grpc") ? "grpcs" : "tls")}://, or set HawserChannelOptions.AllowCredentialsWithoutTls if the way is safe.",
            nameof(address));
    }

    private static bool Is(string scheme, params ReadOnlySpan<string> schemes)
    {
        foreach (var one in schemes)
        {
            if (string.Equals(scheme, one, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool IsLoopback(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
}
