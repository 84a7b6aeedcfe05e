using System.Globalization;
using System.Text.RegularExpressions;

namespace Hawser.Cli.Parsing;

/// <summary>Where a node is: what the command accepts as URI. Client commands take several with commas between.</summary>
internal static partial class Address
{
    public const string Help = """
        Where the node is: tcp://HOST:PORT, tls://HOST:PORT, quic://HOST:PORT, unix:/PATH, grpc://HOST:PORT, or grpcs://HOST:PORT for gRPC with TLS. Several with commas between are tried in order.
        """;

    private const string Schemes = "tcp://, tls://, quic://, unix:, grpc:// or grpcs://";

    private static readonly string[] SecureSchemes = ["tls:", "quic:", "grpcs:"];

    /// <summary>Whether an address, or every one of several, speaks gRPC.</summary>
    public static bool IsGrpc(string address) =>
        address.StartsWith("grpc:", StringComparison.OrdinalIgnoreCase) || address.StartsWith("grpcs:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether connections to an address are encrypted.</summary>
    public static bool IsSecure(string address) => Array.Exists(SecureSchemes, scheme => address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first of one or more addresses to which connections are not encrypted; null when they all are.</summary>
    public static string? FirstUnencrypted(string text) => Array.Find(Split(text), one => !IsSecure(one));

    /// <summary>Whether a text is meant as an address, right or wrong, and not as a name.</summary>
    public static bool IsMeant(string text) => text.Contains(':', StringComparison.Ordinal);

    /// <summary>The addresses of a text that has commas between them, in order.</summary>
    public static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with one or more addresses to connect to, or null.</summary>
    public static string? CheckAll(string text)
    {
        var addresses = Split(text);
        if (addresses.Length > 1 && addresses.Any(one => one.Length == 0))
            return $"'{text}' has a comma without an address beside it";
        if (addresses.Select(CheckPeer).FirstOrDefault(wrong => wrong is not null) is { } wrong)
            return wrong;
        return Array.Find(addresses, one => IsGrpc(one) != IsGrpc(addresses[0])) is { } other
            ? $"{addresses[0]} and {other} speak different wires; give addresses of one: either grpc:// and grpcs://, or the others"
            : null;
    }

    /// <summary>What is wrong with one address to listen on, or null.</summary>
    public static string? Check(string text)
    {
        if (WithPort().Match(text).Groups["port"] is { Success: true } port && !ushort.TryParse(port.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return $"'{text}' has the port {port.Value}; ports go up to {ushort.MaxValue}";
        if (WithoutScheme().IsMatch(text))
            return $"'{text}' has no scheme; write grpc://{text}, or tcp://{text} for Hawser's own wire";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            return $"'{text}' is not an address; write for instance tcp://127.0.0.1:4772 or grpc://127.0.0.1:4770";
        return address.Scheme switch
        {
            "tcp" or "tls" or "quic" or "grpc" or "grpcs" when address.Port <= 0 && !text.EndsWith(":0", StringComparison.Ordinal) =>
                $"'{text}' has no port; write for instance {address.Scheme}://{(address.Host.Length == 0 ? "127.0.0.1" : address.Host)}:{(IsGrpc(text) ? 4770 : 4772)}",
            "unix" when text.Length == "unix:".Length => $"'{text}' names no file; write for instance unix:/run/hawser.sock",
            "tcp" or "tls" or "quic" or "unix" or "grpc" or "grpcs" => null,
            "inproc" => "inproc: reaches only a server in the same process; use " + Schemes,
            _ => $"unknown scheme '{address.Scheme}:' in '{text}'; use {Schemes}",
        };
    }

    private static string? CheckPeer(string text) =>
        Check(text) ?? (WithPort().Match(text).Groups["port"] is { Success: true } port && port.ValueSpan.Trim('0').IsEmpty
            ? $"'{text}' has the port 0, which is for listening only; write the port that 'hawser up' printed"
            : null);

    /// <summary>A host, by name or address, and its port.</summary>
    [GeneratedRegex(@"^([a-z]+://)?([^:/@]+|\[[^\]]*\]):(?<port>[0-9]+)/?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WithPort();

    /// <summary>What users of other tools write: <c>localhost:50051</c>.</summary>
    [GeneratedRegex(@"^[^:/@]+:[0-9]+$", RegexOptions.None, 1000)]
    private static partial Regex WithoutScheme();
}
