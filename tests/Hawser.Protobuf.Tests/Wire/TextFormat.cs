using System.Collections;
using System.Globalization;
using System.Text;

namespace Hawser.Protobuf.Tests;

/// <summary>Writes messages in protobuf's text format, for protoc to read.</summary>
internal static class TextFormat
{
    internal static string Write(DynamicMessage message)
    {
        var text = new StringBuilder();
        WriteFields(message, text);
        return text.ToString();
    }

    private static void WriteFields(DynamicMessage message, StringBuilder text)
    {
        foreach (var field in message.Schema.Fields.Concat(message.Schema.Extensions).Where(message.Has))
        {
            var value = message.Get(field)!;
            if (field.IsMap)
                WriteMap(field, (IEnumerable)value, text);
            else if (field.IsRepeated)
                WriteAll(field, (IEnumerable)value, text);
            else
                WriteField(field, value, text);
        }
    }

    private static void WriteAll(FieldSchema field, IEnumerable values, StringBuilder text)
    {
        foreach (var value in values)
            WriteField(field, value, text);
    }

    private static void WriteMap(FieldSchema field, IEnumerable entries, StringBuilder text)
    {
        foreach (var entry in entries)
        {
            text.Append(NameOf(field)).Append(" {\n");
            WriteField(field.MapKey!, entry.GetType().GetProperty("Key")!.GetValue(entry)!, text);
            WriteField(field.MapValue!, entry.GetType().GetProperty("Value")!.GetValue(entry)!, text);
            text.Append("}\n");
        }
    }

    private static void WriteField(FieldSchema field, object value, StringBuilder text)
    {
        text.Append(NameOf(field));
        if (value is DynamicMessage message)
        {
            text.Append(" {\n");
            WriteFields(message, text);
            text.Append("}\n");
            return;
        }

        text.Append(": ").Append(Scalar(field, value)).Append('\n');
    }

    // A group goes by the name of its type.
    private static string NameOf(FieldSchema field) =>
        field.IsExtension ? $"[{field.FullName}]" : field.Kind == FieldKind.Group && field.MessageType!.ContainingType == field.ContainingType ? field.MessageType.Name : field.Name;

    private static string Scalar(FieldSchema field, object value) => value switch
    {
        bool truth => truth ? "true" : "false",
        double number => Number(number, number.ToString("R", CultureInfo.InvariantCulture)),
        float number => Number(number, number.ToString("R", CultureInfo.InvariantCulture)),
        string characters => Quote(Encoding.UTF8.GetBytes(characters)),
        ReadOnlyMemory<byte> bytes => Quote(bytes.Span),
        int number when field.EnumType?.FindValue(number) is { } named => named.Name,
        _ => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
    };

    private static string Number(double number, string text) =>
        double.IsNaN(number) ? "nan" : double.IsPositiveInfinity(number) ? "inf" : double.IsNegativeInfinity(number) ? "-inf" : text;

    private static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        foreach (var octet in bytes)
            text.Append('\\').Append(Convert.ToString(octet, 8).PadLeft(3, '0'));
        return text.Append('"').ToString();
    }
}
