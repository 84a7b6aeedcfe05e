using System.Globalization;
using System.Text;
using Google.Protobuf;

namespace Hawser.Protobuf;

/// <summary>Writes values the way <c>.proto</c> files do.</summary>
internal static class ProtoLiteral
{
    internal static string Of(FieldSchema field, object value) => value switch
    {
        ByteString bytes => field.Kind == FieldKind.String ? Quote(bytes.ToStringUtf8()) : Quote(bytes.Span),
        bool truth => truth ? "true" : "false",
        double number => Of(number, number.ToString("R", CultureInfo.InvariantCulture)),
        float number => Of(number, number.ToString("R", CultureInfo.InvariantCulture)),
        int number when field.EnumType is { } type => type.FindValue(number)?.Name ?? number.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Text in double quotes; what is not ASCII stays as it is.</summary>
    internal static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is < ' ' or '\x7f' or '"' or '\\')
                Escape(text, (byte)c);
            else
                text.Append(c);
        }

        return text.Append('"').ToString();
    }

    /// <summary>Bytes in double quotes; what is not ASCII is escaped.</summary>
    internal static string Quote(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var b in value)
        {
            if (b is < (byte)' ' or >= 0x7f or (byte)'"' or (byte)'\\')
                Escape(text, b);
            else
                text.Append((char)b);
        }

        return text.Append('"').ToString();
    }

    private static void Escape(StringBuilder text, byte b)
    {
        text.Append('\\');
        switch (b)
        {
            case (byte)'"' or (byte)'\\':
                text.Append((char)b);
                break;
            case (byte)'\n':
                text.Append('n');
                break;
            case (byte)'\r':
                text.Append('r');
                break;
            case (byte)'\t':
                text.Append('t');
                break;
            default:
                // Always three octal digits, so that a digit behind is not read as part of it.
                text.Append((char)('0' + (b >> 6))).Append((char)('0' + ((b >> 3) & 7))).Append((char)('0' + (b & 7)));
                break;
        }
    }

    private static string Of(double number, string text) => number switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ when double.IsNaN(number) => "nan",
        // As an integer it would lose its sign.
        0 when double.IsNegative(number) => "-0.0",
        _ => text,
    };
}
