using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>A message as JSON to fill in: every field is there, lists and maps with one element, of a oneof the first member.</summary>
internal sealed class MessageTemplate
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Utf8JsonWriter json;

    // A message within itself is left empty, or the template would have no end.
    private readonly HashSet<MessageSchema> open = [];

    private MessageTemplate(Utf8JsonWriter json) => this.json = json;

    public static string Of(MessageSchema message)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Indented))
            new MessageTemplate(writer).Write(message);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private void Write(MessageSchema message)
    {
        if (message.WellKnownType != WellKnownType.None)
        {
            WriteWellKnown(message);
            return;
        }

        json.WriteStartObject();
        if (open.Add(message))
        {
            foreach (var field in message.Fields.Where(IsShown))
                Write(field);
            open.Remove(message);
        }

        json.WriteEndObject();
    }

    private static bool IsShown(FieldSchema field) => field.Oneof is not { } oneof || ReferenceEquals(oneof.Fields[0], field);

    private void Write(FieldSchema field)
    {
        json.WritePropertyName(field.JsonName);
        if (field is { MapKey: { } key, MapValue: { } value })
        {
            json.WriteStartObject();
            json.WritePropertyName(key.Kind switch { FieldKind.String => "", FieldKind.Bool => "false", _ => "0" });
            WriteValue(value);
            json.WriteEndObject();
        }
        else if (field.IsRepeated)
        {
            json.WriteStartArray();
            WriteValue(field);
            json.WriteEndArray();
        }
        else
        {
            WriteValue(field);
        }
    }

    private void WriteValue(FieldSchema field)
    {
        switch (field.Kind)
        {
            case FieldKind.Message or FieldKind.Group:
                Write(field.MessageType!);
                break;
            case FieldKind.Enum when field.EnumType!.WellKnownType == WellKnownType.NullValue:
                json.WriteNullValue();
                break;
            case FieldKind.Enum:
                json.WriteStringValue(field.EnumType!.Values[0].Name);
                break;
            case FieldKind.Bool:
                json.WriteBooleanValue(false);
                break;
            case FieldKind.String or FieldKind.Bytes:
                json.WriteStringValue("");
                break;
            case FieldKind.Int64 or FieldKind.UInt64 or FieldKind.SInt64 or FieldKind.Fixed64 or FieldKind.SFixed64:
                json.WriteStringValue("0");
                break;
            default:
                json.WriteNumberValue(0);
                break;
        }
    }

    private void WriteWellKnown(MessageSchema message)
    {
        switch (message.WellKnownType)
        {
            case WellKnownType.Timestamp:
                json.WriteStringValue("1970-01-01T00:00:00Z");
                break;
            case WellKnownType.Duration:
                json.WriteStringValue("0s");
                break;
            case WellKnownType.FieldMask:
                json.WriteStringValue("");
                break;
            case WellKnownType.ListValue:
                json.WriteStartArray();
                json.WriteEndArray();
                break;
            case WellKnownType.Any:
                json.WriteStartObject();
                json.WriteString("@type", "type.googleapis.com/google.protobuf.Empty");
                json.WriteStartObject("value");
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case WellKnownType.Struct or WellKnownType.Value:
                json.WriteStartObject();
                json.WriteEndObject();
                break;
            default:
                WriteValue(message.Fields[0]);
                break;
        }
    }
}
