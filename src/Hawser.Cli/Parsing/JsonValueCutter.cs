using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Hawser.Cli.Parsing;

/// <summary>Cuts text into the JSON values that stand in it one after another, with or without white space between them, as it comes.</summary>
/// <param name="source">What the text is, for sentences: <c>standard input</c>, <c>request.json</c>.</param>
internal sealed class JsonValueCutter(string source)
{
    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true };

    // Where the next value begins, both counted from 1.
    private long line = 1;
    private int column = 1;

    // How much of a value that is not whole yet has been looked at: none of it is looked at twice.
    private long scanned;
    private JsonReaderState state = new(Options);

    /// <summary>Takes the next value.</summary>
    /// <param name="rest">The text that is there and was not taken; what is taken is cut off from it.</param>
    /// <param name="isLast">Whether nothing comes after it.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when there is no whole value yet.</returns>
    /// <exception cref="CommandException">It is not JSON; the text gives line and column.</exception>
    public bool TryTake(ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> value)
    {
        value = default;
        if (scanned == 0)
            SkipWhiteSpace(ref rest);
        if (rest.IsEmpty)
            return false;
        try
        {
            var json = new Utf8JsonReader(rest.Slice(scanned), isLast, state);
            while (json.Read())
            {
                if (json.CurrentDepth > 0 || json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    continue;
                value = rest.Slice(0, scanned + json.BytesConsumed);
                rest = rest.Slice(value.End);
                Taken(value);
                return true;
            }

            scanned += json.BytesConsumed;
            state = json.CurrentState;
            return false;
        }
        catch (JsonException exception)
        {
            throw JsonText.Wrong(exception, rest.ToArray(), source, line, column);
        }
    }

    private void Taken(ReadOnlySequence<byte> value)
    {
        ReadOnlySpan<byte> text = value.IsSingleSegment ? value.FirstSpan : value.ToArray();
        JsonText.CheckUtf8(text, source);
        Pass(text);
        scanned = 0;
        state = new JsonReaderState(Options);
    }

    private void SkipWhiteSpace(ref ReadOnlySequence<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var segment = rest.FirstSpan;
            var length = segment.IndexOfAnyExcept(" \t\r\n"u8);
            Pass(length < 0 ? segment : segment[..length]);
            rest = rest.Slice(length < 0 ? segment.Length : length);
            if (length >= 0)
                return;
        }
    }

    private void Pass(ReadOnlySpan<byte> text)
    {
        var lines = text.Count((byte)'\n');
        var lastLine = text[(text.LastIndexOf((byte)'\n') + 1)..];
        column = Encoding.UTF8.GetCharCount(lastLine) + (lines == 0 ? column : 1);
        line += lines;
    }
}
