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
    /// <exception cref="CommandException">It is not JSON; the text gives line and column, both counted from 1.</exception>
    public static void Check(ReadOnlySpan<byte> json, string source)
    {
        CheckUtf8(json, source);
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
            }
        }
        catch (JsonException exception)
        {
            throw Wrong(exception, json, source, firstLine: 1, firstColumn: 1);
        }
    }

    /// <summary>Checks what a JSON reader leaves alone: the insides of strings, which would reach the peer as they are.</summary>
    /// <exception cref="CommandException">It is not UTF-8.</exception>
    public static void CheckUtf8(ReadOnlySpan<byte> json, string source)
    {
        try
        {
            _ = StrictUtf8.GetCharCount(json);
        }
        catch (DecoderFallbackException exception)
        {
            throw new CommandException(ExitCode.BadJson, $"{source} is not UTF-8 text.", exception);
        }
    }

    /// <summary>Says where a text is not JSON.</summary>
    /// <param name="exception">What the reader noticed.</param>
    /// <param name="json">What was read.</param>
    /// <param name="source">What it is, for the sentence.</param>
    /// <param name="firstLine">The line in which it begins, from 1.</param>
    /// <param name="firstColumn">The column at which it begins, from 1.</param>
    public static CommandException Wrong(JsonException exception, ReadOnlySpan<byte> json, string source, long firstLine, int firstColumn)
    {
        // A text that was cut off is wrong where it ends, not lines below.
        var text = json.TrimEnd(" \t\r\n"u8);
        var lastLine = text.Count((byte)'\n');
        var isBeyond = exception.LineNumber > lastLine;
        var line = isBeyond ? lastLine : exception.LineNumber ?? 0;
        var column = CharactersBefore(text, line, isBeyond ? long.MaxValue : exception.BytePositionInLine ?? 0) + (line == 0 ? firstColumn : 1);
        return new CommandException(ExitCode.BadJson, $"{source} is not JSON: line {firstLine + line}, column {column}: {Reason(exception)}", exception);
    }

    /// <summary>Bytes into the line become characters, which is what editors count.</summary>
    private static int CharactersBefore(ReadOnlySpan<byte> json, long line, long byteInLine)
    {
        for (; line > 0; line--)
            json = json[(json.IndexOf((byte)'\n') + 1)..];
        return Encoding.UTF8.GetCharCount(json[..(int)Math.Min(byteInLine, json.Length)]);
    }

    private static string Reason(JsonException exception)
    {
        var text = exception.Message;
        var position = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? text : text[..position];
    }
}
