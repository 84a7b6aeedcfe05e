using System.Text.Json;

namespace Hawser.Protobuf;

/// <summary>The JSON Schemas of scalars and of the types with a JSON form of their own. What is written is the inside of an object.</summary>
internal static class WellKnownJsonSchema
{
    internal static void WriteScalar(Utf8JsonWriter json, FieldKind kind)
    {
        switch (kind)
        {
            case FieldKind.Double or FieldKind.Float:
                WriteFloat(json);
                break;
            case FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64:
                WriteLongInteger(json, pattern: "^-?[0-9]{1,19}$");
                break;
            case FieldKind.UInt64 or FieldKind.Fixed64:
                WriteLongInteger(json, pattern: "^[0-9]{1,20}$");
                break;
            case FieldKind.Int32 or FieldKind.SInt32 or FieldKind.SFixed32:
                WriteInteger(json, int.MinValue, int.MaxValue);
                break;
            case FieldKind.UInt32 or FieldKind.Fixed32:
                WriteInteger(json, uint.MinValue, uint.MaxValue);
                break;
            case FieldKind.Bool:
                json.WriteString("type", "boolean");
                break;
            case FieldKind.Bytes:
                json.WriteString("type", "string");
                json.WriteString("contentEncoding", "base64");
                break;
            default:
                json.WriteString("type", "string");
                break;
        }
    }

    internal static void Write(Utf8JsonWriter json, WellKnownType type)
    {
        switch (type)
        {
            case WellKnownType.Any:
                WriteAny(json);
                break;
            case WellKnownType.Timestamp:
                json.WriteString("type", "string");
                json.WriteString("format", "date-time");
                break;
            case WellKnownType.Duration:
                WriteText(json, pattern: @"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$");
                break;
            case WellKnownType.FieldMask:
                json.WriteString("type", "string");
                break;
            case WellKnownType.Struct:
                json.WriteString("type", "object");
                break;
            case WellKnownType.ListValue:
                json.WriteString("type", "array");
                break;
            case WellKnownType.NullValue:
                json.WriteString("type", "null");
                break;
            case WellKnownType.Empty:
                json.WriteString("type", "object");
                json.WriteBoolean("additionalProperties", false);
                break;
            case WellKnownType.None or WellKnownType.Value:
                // Anything: an empty schema.
                break;
            default:
                WriteScalar(json, KindOf(type));
                break;
        }
    }

    private static FieldKind KindOf(WellKnownType wrapper) => wrapper switch
    {
        WellKnownType.DoubleValue => FieldKind.Double,
        WellKnownType.FloatValue => FieldKind.Float,
        WellKnownType.Int64Value => FieldKind.Int64,
        WellKnownType.UInt64Value => FieldKind.UInt64,
        WellKnownType.Int32Value => FieldKind.Int32,
        WellKnownType.UInt32Value => FieldKind.UInt32,
        WellKnownType.BoolValue => FieldKind.Bool,
        WellKnownType.BytesValue => FieldKind.Bytes,
        _ => FieldKind.String,
    };

    private static void WriteAny(Utf8JsonWriter json)
    {
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        json.WriteStartObject("@type");
        json.WriteString("type", "string");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("required");
        json.WriteStringValue("@type");
        json.WriteEndArray();
    }

    private static void WriteFloat(Utf8JsonWriter json)
    {
        json.WriteStartArray("anyOf");
        json.WriteStartObject();
        json.WriteString("type", "number");
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteStartArray("enum");
        json.WriteStringValue("NaN");
        json.WriteStringValue("Infinity");
        json.WriteStringValue("-Infinity");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>Text, because many readers of JSON have no such integers; a pattern says nothing about numbers.</summary>
    private static void WriteLongInteger(Utf8JsonWriter json, string pattern)
    {
        json.WriteStartArray("type");
        json.WriteStringValue("string");
        json.WriteStringValue("integer");
        json.WriteEndArray();
        json.WriteString("pattern", pattern);
    }

    private static void WriteText(Utf8JsonWriter json, string pattern)
    {
        json.WriteString("type", "string");
        json.WriteString("pattern", pattern);
    }

    private static void WriteInteger(Utf8JsonWriter json, long smallest, long largest)
    {
        json.WriteString("type", "integer");
        json.WriteNumber("minimum", smallest);
        json.WriteNumber("maximum", largest);
    }
}
