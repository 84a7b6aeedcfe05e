using System.Text;

namespace Hawser.Protobuf;

/// <summary>Finds the imports of a <c>.proto</c> file without understanding the rest of it: protoc does that, and tells what is wrong.</summary>
internal ref struct ImportScanner
{
    private readonly ReadOnlySpan<byte> text;
    private int place;

    private ImportScanner(ReadOnlySpan<byte> text) => this.text = text;

    internal static List<string> Scan(ReadOnlySpan<byte> text)
    {
        var imports = new List<string>();
        var scanner = new ImportScanner(text);
        var startsStatement = true;
        while (scanner.Next() is var token && !token.IsEmpty)
        {
            if (startsStatement && token.SequenceEqual("import"u8) && scanner.ReadImport() is { } import)
                imports.Add(import);
            startsStatement = token[0] is (byte)';' or (byte)'{' or (byte)'}';
        }

        return imports;
    }

    private string? ReadImport()
    {
        var token = Next();
        if (token.SequenceEqual("public"u8) || token.SequenceEqual("weak"u8) || token.SequenceEqual("option"u8))
            token = Next();
        if (token.IsEmpty || token[0] is not ((byte)'"' or (byte)'\''))
            return null;
        // Escapes in the name of an import are left to protoc, which finds nothing by it.
        return token.Length >= 2 ? Encoding.UTF8.GetString(token[1..^1]) : null;
    }

    /// <summary>A word, a text with its quotes, or one other character; empty at the end.</summary>
    private ReadOnlySpan<byte> Next()
    {
        SkipSpace();
        if (place == text.Length)
            return [];
        var start = place++;
        if (text[start] is (byte)'"' or (byte)'\'')
        {
            while (place < text.Length && text[place] != text[start] && text[place] != '\n')
                place += text[place] == '\\' && place + 1 < text.Length ? 2 : 1;
            place = Math.Min(place + 1, text.Length);
        }
        else if (IsWord(text[start]))
        {
            while (place < text.Length && IsWord(text[place]))
                place++;
        }

        return text[start..place];
    }

    private void SkipSpace()
    {
        while (place < text.Length)
        {
            var rest = text[place..];
            if (rest[0] <= ' ' || rest[0] >= 0x80)
                place++;
            else if (rest.StartsWith("//"u8))
                Skip(rest.IndexOf((byte)'\n'), 1);
            else if (rest.StartsWith("/*"u8))
                Skip(rest[2..].IndexOf("*/"u8), 4);
            else
                return;
        }
    }

    private void Skip(int found, int beyond) => place = found < 0 ? text.Length : place + found + beyond;

    private static bool IsWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c == '_';
}
