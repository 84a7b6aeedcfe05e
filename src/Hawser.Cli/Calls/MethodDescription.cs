using System.Buffers;
using System.Text.Json;

namespace Hawser.Cli.Calls;

/// <summary>What a node tells about one of its methods.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Request">What the caller sends.</param>
/// <param name="Response">What the caller gets.</param>
/// <param name="IsOneWay">Whether nothing comes back.</param>
internal sealed record MethodDescription(string Name, Body Request, Body Response, bool IsOneWay)
{
    /// <summary>The codec of its messages, where the channel's own is not meant.</summary>
    public string? Codec { get; init; }

    public bool HasRequestOctets => Request is Body.Octets or Body.MessageAndOctets;

    public bool HasResponseOctets => Response is Body.Octets or Body.MessageAndOctets;

    /// <summary>The kind in words, for people.</summary>
    public string Kind => ToMethod().Kind switch
    {
        MethodKind.Unary => "unary",
        MethodKind.ServerStreaming => "server streaming",
        MethodKind.ClientStreaming => "client streaming",
        MethodKind.Duplex => "duplex",
        _ => "one-way",
    };

    public Method ToMethod() => new(Name, Request, Response, IsOneWay) { Codec = Codec };

    /// <summary>Reads what <c>hawser.Reflection</c> answered about one method.</summary>
    /// <exception cref="FormatException">It is not such an answer; the text says what is missing.</exception>
    public static MethodDescription Parse(ReadOnlySequence<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new FormatException("it is not JSON", exception);
        }
    }

    public static MethodDescription Parse(JsonElement element)
    {
        var kind = Text(element, "kind");
        var oneWay = kind.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).Equals("oneway", StringComparison.OrdinalIgnoreCase);
        return new MethodDescription(Text(element, "name"), ReadBody(element, "request"), ReadBody(element, "response"), oneWay);
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new FormatException($"it has no text '{name}'");

    private static Body ReadBody(JsonElement element, string name)
    {
        var word = Text(element, name);
        return Enum.TryParse<Body>(word, ignoreCase: true, out var body) && Enum.IsDefined(body)
            ? body
            : throw new FormatException($"its '{name}' is '{word}', which this version does not know");
    }
}
