using System.Globalization;
using System.Text;

namespace Hawser.Protobuf;

/// <summary>Reads the defaults that descriptors write as text.</summary>
internal static class DefaultValues
{
    private static readonly object BoxedFalse = false;
    private static readonly object BoxedEmpty = ReadOnlyMemory<byte>.Empty;

    internal static object? Of(FieldSchema field)
    {
        if (field.IsRepeated || field.MessageType is not null)
            return null;
        if (!field.Proto.HasDefaultValue)
            return Zero(field);
        var text = field.Proto.DefaultValue;
        return Parse(field, text)
            ?? throw new SchemaException($"{field.File.Name}: the default '{text}' of the field '{field.FullName}' is no value of its type, {field.Kind}.");
    }

    private static object? Zero(FieldSchema field) => field.Kind switch
    {
        FieldKind.Double => 0.0,
        FieldKind.Float => 0f,
        FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => 0L,
        FieldKind.UInt64 or FieldKind.Fixed64 => 0UL,
        FieldKind.Int32 or FieldKind.SInt32 or FieldKind.SFixed32 => 0,
        FieldKind.UInt32 or FieldKind.Fixed32 => 0U,
        FieldKind.Bool => BoxedFalse,
        FieldKind.String => "",
        FieldKind.Bytes => BoxedEmpty,
        FieldKind.Enum => field.EnumType!.DefaultNumber,
        _ => null,
    };

    private static object? Parse(FieldSchema field, string text) => field.Kind switch
    {
        FieldKind.Double => ParseDouble(text),
        FieldKind.Float => ParseDouble(text) is { } value ? (float)value : null,
        FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null,
        FieldKind.UInt64 or FieldKind.Fixed64 => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null,
        FieldKind.Int32 or FieldKind.SInt32 or FieldKind.SFixed32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null,
        FieldKind.UInt32 or FieldKind.Fixed32 => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null,
        FieldKind.Bool => text switch { "true" => true, "false" => BoxedFalse, _ => null },
        FieldKind.String => text,
        FieldKind.Bytes => Unescape(text),
        FieldKind.Enum => field.EnumType!.FindValue(text)?.Number,
        _ => null,
    };

    private static double? ParseDouble(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" or "-nan" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null,
    };

    /// <summary>Bytes are written with C's escapes: octal, hexadecimal, and letters.</summary>
    private static object? Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, length)));
                i += length - 1;
                continue;
            }

            if (++i == text.Length || ReadEscape(text, ref i) is not { } value)
                return null;
            bytes.Add(value);
        }

        return (ReadOnlyMemory<byte>)bytes.ToArray();
    }

    private static byte? ReadEscape(string text, ref int place)
    {
        switch (text[place])
        {
            case >= '0' and <= '7':
                return ReadDigits(text, ref place, 8, 3);
            case 'x' or 'X' when place + 1 < text.Length && char.IsAsciiHexDigit(text[place + 1]):
                place++;
                return ReadDigits(text, ref place, 16, 2);
            default:
                return text[place] switch
                {
                    'a' => 7,
                    'b' => 8,
                    'f' => 12,
                    'n' => 10,
                    'r' => 13,
                    't' => 9,
                    'v' => 11,
                    '\\' or '\'' or '"' or '?' => (byte)text[place],
                    _ => null,
                };
        }
    }

    private static byte? ReadDigits(string text, ref int place, int radix, int most)
    {
        var value = 0;
        var end = place;
        while (end < text.Length && end - place < most && DigitOf(text[end]) < radix)
            value = (value * radix) + DigitOf(text[end++]);
        place = end - 1;
        return value <= byte.MaxValue ? (byte)value : null;
    }

    private static int DigitOf(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;
}
