using System.Text.RegularExpressions;

namespace Hawser.Cli.Parsing;

/// <summary>Where a node is: what the command accepts as URI.</summary>
internal static partial class Address
{
    public const string Help = "Where the node is: tcp://HOST:PORT, tls://HOST:PORT, unix:/PATH, grpc://HOST:PORT, or grpcs://HOST:PORT for gRPC with TLS.";

    private const string Schemes = "tcp://, tls://, unix:, grpc:// or grpcs://";

    /// <summary>Whether an address speaks gRPC.</summary>
    public static bool IsGrpc(string address) =>
        address.StartsWith("grpc:", StringComparison.OrdinalIgnoreCase) || address.StartsWith("grpcs:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text is meant as an address, right or wrong, and not as a name.</summary>
    public static bool IsMeant(string text) => text.Contains(':', StringComparison.Ordinal);

    /// <summary>What is wrong with an address, or null.</summary>
    public static string? Check(string text)
    {
        if (WithoutScheme().IsMatch(text))
            return $"'{text}' has no scheme; write grpc://{text}, or tcp://{text} for Hawser's own wire";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            return $"'{text}' is not an address; write for instance tcp://127.0.0.1:4772 or grpc://127.0.0.1:4770";
        return address.Scheme switch
        {
            "tcp" or "tls" or "grpc" or "grpcs" when address.Port <= 0 && !text.EndsWith(":0", StringComparison.Ordinal) =>
                $"'{text}' has no port; write for instance {address.Scheme}://{(address.Host.Length == 0 ? "127.0.0.1" : address.Host)}:{(IsGrpc(text) ? 4770 : 4772)}",
            "tcp" or "tls" or "unix" or "grpc" or "grpcs" => null,
            "inproc" => "inproc: reaches only a server in the same process; use " + Schemes,
            _ => $"unknown scheme '{address.Scheme}:' in '{text}'; use {Schemes}",
        };
    }

    /// <summary>What users of other tools write: <c>localhost:50051</c>.</summary>
    [GeneratedRegex(@"^[^:/@]+:[0-9]+$", RegexOptions.None, 1000)]
    private static partial Regex WithoutScheme();
}
