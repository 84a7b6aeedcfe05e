using System.Text;
using System.Text.Json;

namespace Hawser.Cli.Parsing;

/// <summary>Checks that what a user gave is JSON, and says where it is not.</summary>
internal static class JsonText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Checks one JSON value.</summary>
    /// <param name="json">The text in UTF-8.</param>
    /// <param name="source">What it is, for the sentence: <c>the argument</c>, <c>request.json</c>.</param>
    /// <param name="firstLine">The number of its first line.</param>
    /// <exception cref="CommandException">It is not JSON; the text gives line and column, both counted from 1.</exception>
    public static void Check(ReadOnlySpan<byte> json, string source, long firstLine = 1)
    {
        try
        {
            // The reader leaves what is inside strings alone, so that bad UTF-8 there would reach the peer.
            _ = StrictUtf8.GetCharCount(json);
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
            }
        }
        catch (DecoderFallbackException exception)
        {
            throw new CommandException(ExitCode.BadJson, $"{source} is not UTF-8 text.", exception);
        }
        catch (JsonException exception)
        {
            var line = exception.LineNumber ?? 0;
            var column = Column(json, line, exception.BytePositionInLine ?? 0);
            throw new CommandException(ExitCode.BadJson, $"{source} is not JSON: line {firstLine + line}, column {column}: {Reason(exception)}", exception);
        }
    }

    /// <summary>Bytes into the line become characters, which is what editors count.</summary>
    private static int Column(ReadOnlySpan<byte> json, long line, long byteInLine)
    {
        for (; line > 0; line--)
            json = json[(json.IndexOf((byte)'\n') + 1)..];
        var before = json[..(int)Math.Min(byteInLine, json.Length)];
        return Encoding.UTF8.GetCharCount(before) + 1;
    }

    private static string Reason(JsonException exception)
    {
        var text = exception.Message;
        var position = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? text : text[..position];
    }
}
