using System.Buffers;
using System.Text;

namespace Hawser.Grpc.Protocol;

/// <summary>The encoding of <c>grpc-message</c>: UTF-8, of which everything but printable ASCII, and the percent sign, is written as <c>%XX</c>.</summary>
internal static class PercentEncoding
{
    /// <summary>What an escaped byte takes: %E9.</summary>
    private const int EscapedSize = 3;

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (char)c).Where(static c => c != '%')]);

    /// <summary>As much of a text, from its beginning, as fits when it is encoded.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxEncoded">The most characters that the encoded text may have.</param>
    internal static string Cut(string text, int maxEncoded)
    {
        if (text.Length <= maxEncoded / (EscapedSize * EscapedSize))
            return text;
        var size = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            size += rune.Value is >= 0x20 and <= 0x7E and not '%' ? 1 : EscapedSize * rune.Utf8SequenceLength;
            if (size > maxEncoded)
                return text[..length];
            length += rune.Utf16SequenceLength;
        }

        return text;
    }

    /// <summary>Encodes a text; one that needs nothing is returned as it is.</summary>
    internal static string Encode(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept(Plain);
        if (first < 0)
            return text;
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length - first));
        var size = Encoding.UTF8.GetBytes(text.AsSpan(first), bytes);
        var encoded = new StringBuilder(text, 0, first, first + (size * 3));
        foreach (var b in bytes.AsSpan(0, size))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(Digit(b >> 4)).Append(Digit(b & 15));
        }

        ArrayPool<byte>.Shared.Return(bytes);
        return encoded.ToString();
    }

    /// <summary>Decodes a text, whatever it is: what is no escape stays, and bytes that are not UTF-8 become U+FFFD.</summary>
    internal static string Decode(string text)
    {
        var first = text.AsSpan().IndexOfAnyExcept(Plain);
        if (first < 0)
            return text;
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var size = Unescape(text, bytes);
        var decoded = Encoding.UTF8.GetString(bytes, 0, size);
        ArrayPool<byte>.Shared.Return(bytes);
        return decoded;
    }

    private static int Unescape(string text, byte[] bytes)
    {
        var size = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[size++] = (byte)((Value(text[i + 1]) << 4) | Value(text[i + 2]));
                i += 2;
            }
            else if (c <= 0xFF)
            {
                // HTTP headers are read as Latin-1: a peer's unescaped UTF-8 arrives byte by byte.
                bytes[size++] = (byte)c;
            }
            else
            {
                bytes[size++] = (byte)'?';
            }
        }

        return size;
    }

    private static char Digit(int value) => (char)(value < 10 ? '0' + value : 'A' + value - 10);

    private static int Value(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
