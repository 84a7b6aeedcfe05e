using System.Text;
using System.Text.Json;

namespace Hawser.Protobuf;

/// <summary>Tokens as errors show them.</summary>
internal static class JsonTokenText
{
    private const int LongestShown = 60;

    internal static string Describe(in Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => Shorten(json.ValueSpan),
        JsonTokenType.String or JsonTokenType.PropertyName => $"\"{Shorten(json.ValueSpan)}\"",
        _ => "nothing",
    };

    // What stands in the JSON, escapes and all: it may not even be UTF-8.
    private static string Shorten(ReadOnlySpan<byte> token) =>
        token.Length <= LongestShown ? Encoding.UTF8.GetString(token) : Encoding.UTF8.GetString(token[..LongestShown]) + "…";
}
