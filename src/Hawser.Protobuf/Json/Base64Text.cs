using System.Buffers;
using System.Buffers.Text;

namespace Hawser.Protobuf;

/// <summary>Base64 as the mapping takes it: both alphabets, with padding or without; nothing else, not even white space.</summary>
internal static class Base64Text
{
    private static readonly SearchValues<byte> StandardAlphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>How many bytes a text stands for; −1 when no base64 has its length.</summary>
    internal static int DecodedLength(ReadOnlySpan<byte> text)
    {
        var digits = WithoutPadding(text).Length;
        return digits % 4 == 1 ? -1 : (digits / 4 * 3) + (digits % 4 * 3 / 4);
    }

    internal static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var digits = WithoutPadding(text);
        if (text.Length % 4 == 0 && digits.IndexOfAnyExcept(StandardAlphabet) < 0)
            return Base64.DecodeFromUtf8(text, target, out _, out _) == OperationStatus.Done;
        return TryDecodeOtherForm(digits, target);
    }

    private static bool TryDecodeOtherForm(ReadOnlySpan<byte> digits, Span<byte> target)
    {
        var padded = ArrayPool<byte>.Shared.Rent(digits.Length + 3);
        try
        {
            var length = digits.Length;
            for (var i = 0; i < length; i++)
            {
                padded[i] = digits[i] switch
                {
                    (byte)'-' => (byte)'+',
                    (byte)'_' => (byte)'/',
                    var digit => digit,
                };
            }

            if (padded.AsSpan(0, length).IndexOfAnyExcept(StandardAlphabet) >= 0)
                return false;
            while (length % 4 != 0)
                padded[length++] = (byte)'=';
            return Base64.DecodeFromUtf8(padded.AsSpan(0, length), target, out _, out _) == OperationStatus.Done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(padded);
        }
    }

    // Padding fills the last group of four; anywhere else an equals sign is not a digit.
    private static ReadOnlySpan<byte> WithoutPadding(ReadOnlySpan<byte> text)
    {
        if (text.Length % 4 != 0 || text.IsEmpty || text[^1] != '=')
            return text;
        return text[^2] == '=' ? text[..^2] : text[..^1];
    }
}
