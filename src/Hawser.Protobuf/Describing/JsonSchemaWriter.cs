using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Hawser.Protobuf;

/// <summary>Writes the JSON Schema (2020-12) of messages in protobuf's JSON mapping: names in lowerCamelCase, 64-bit integers as text or as numbers, enums by name.</summary>
/// <remarks>
/// Every message and enum that is reached has a definition under <c>$defs</c>, so that recursion is no matter. Comments are descriptions. What the mapping
/// only accepts besides what it writes (null for any field, numbers as text, names as in the file) is left out.
/// </remarks>
public sealed class JsonSchemaWriter
{
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        NewLine = "\n",
        // For people and validators, not for pages.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Utf8JsonWriter json;
    private readonly MessageSchema root;
    private readonly Queue<object> waiting = new();
    private readonly HashSet<object> defined = [];

    private JsonSchemaWriter(Utf8JsonWriter json, MessageSchema root)
    {
        this.json = json;
        this.root = root;
    }

    /// <summary>Writes the schema of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="indented">Whether it is for people: with line feeds and two spaces.</param>
    /// <returns>The schema as JSON text.</returns>
    public static string Write(MessageSchema message, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(message);
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, indented ? Readable : Readable with { Indented = false }))
            new JsonSchemaWriter(writer, message).Write();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private void Write()
    {
        json.WriteStartObject();
        json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        defined.Add(root);
        WriteMessage(root);
        if (waiting.Count > 0)
        {
            json.WriteStartObject("$defs");
            while (waiting.TryDequeue(out var type))
                WriteDefinition(type);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteDefinition(object type)
    {
        if (type is MessageSchema message)
        {
            json.WriteStartObject(message.FullName);
            WriteMessage(message);
        }
        else
        {
            var values = (EnumSchema)type;
            json.WriteStartObject(values.FullName);
            WriteEnum(values);
        }

        json.WriteEndObject();
    }

    private void WriteMessage(MessageSchema message)
    {
        if (message.WellKnownType != WellKnownType.None)
        {
            WellKnownJsonSchema.Write(json, message.WellKnownType);
            return;
        }

        var path = SourceComments.PathOf(message);
        json.WriteString("title", message.FullName);
        WriteDescription(message.File, path);
        WriteDeprecated(message.Proto.Options?.Deprecated == true);
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        foreach (var field in message.Fields)
            WriteField(field, path.AddRange(SourceComments.MessageField, field.Index));
        foreach (var extension in message.Extensions)
            WriteField(extension, []);
        json.WriteEndObject();
        json.WriteBoolean("additionalProperties", false);
        WriteRequired(message.Fields.Where(field => field.IsRequired));
        WriteOneofs(message);
    }

    private void WriteField(FieldSchema field, ImmutableArray<int> path)
    {
        json.WriteStartObject(field.JsonName);
        WriteDescription(field.File, path);
        WriteDeprecated(field.Proto.Options?.Deprecated == true);
        if (field.IsMap)
        {
            json.WriteString("type", "object");
            WriteKey(field.MapKey!);
            json.WriteStartObject("additionalProperties");
            WriteValue(field.MapValue!);
            json.WriteEndObject();
        }
        else if (field.IsRepeated)
        {
            json.WriteString("type", "array");
            json.WriteStartObject("items");
            WriteValue(field);
            json.WriteEndObject();
        }
        else
            WriteValue(field);
        json.WriteEndObject();
    }

    private void WriteValue(FieldSchema field)
    {
        if (field.MessageType is { WellKnownType: not WellKnownType.None } wellKnown)
            WellKnownJsonSchema.Write(json, wellKnown.WellKnownType);
        else if (field.EnumType is { WellKnownType: WellKnownType.NullValue })
            WellKnownJsonSchema.Write(json, WellKnownType.NullValue);
        else if (field.MessageType is { } message)
            WriteReference(message, message == root ? "#" : $"#/$defs/{message.FullName}");
        else if (field.EnumType is { } type)
            WriteReference(type, $"#/$defs/{type.FullName}");
        else
            WellKnownJsonSchema.WriteScalar(json, field.Kind);
    }

    private void WriteReference(object type, string reference)
    {
        json.WriteString("$ref", reference);
        if (defined.Add(type))
            waiting.Enqueue(type);
    }

    /// <summary>Keys are text in JSON, whatever they are.</summary>
    private void WriteKey(FieldSchema key)
    {
        if (key.Kind == FieldKind.String)
            return;
        json.WriteStartObject("propertyNames");
        if (key.Kind == FieldKind.Bool)
        {
            json.WriteStartArray("enum");
            json.WriteStringValue("true");
            json.WriteStringValue("false");
            json.WriteEndArray();
        }
        else
            json.WriteString("pattern", key.Kind is FieldKind.UInt32 or FieldKind.UInt64 or FieldKind.Fixed32 or FieldKind.Fixed64 ? "^[0-9]+$" : "^-?[0-9]+$");
        json.WriteEndObject();
    }

    private void WriteEnum(EnumSchema type)
    {
        json.WriteString("title", type.FullName);
        WriteDescription(type.File, SourceComments.PathOf(type));
        WriteDeprecated(type.Proto.Options?.Deprecated == true);
        if (!type.IsClosed)
        {
            // An open enum takes any number, and one without a name is written as it is.
            json.WriteStartArray("anyOf");
            json.WriteStartObject();
        }

        json.WriteStartArray("enum");
        foreach (var value in type.Values)
            json.WriteStringValue(value.NameUtf8);
        json.WriteEndArray();
        if (!type.IsClosed)
        {
            json.WriteEndObject();
            json.WriteStartObject();
            WellKnownJsonSchema.WriteScalar(json, FieldKind.Int32);
            json.WriteEndObject();
            json.WriteEndArray();
        }
    }

    /// <summary>At most one field of each oneof: one of them, or none.</summary>
    private void WriteOneofs(MessageSchema message)
    {
        var oneofs = message.Oneofs.Where(oneof => oneof is { IsSynthetic: false, Fields.Length: > 1 }).ToList();
        if (oneofs.Count == 0)
            return;
        json.WriteStartArray("allOf");
        foreach (var oneof in oneofs)
        {
            json.WriteStartObject();
            json.WriteStartArray("oneOf");
            WriteEachRequired(oneof);
            json.WriteStartObject();
            json.WriteStartObject("not");
            json.WriteStartArray("anyOf");
            WriteEachRequired(oneof);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteEachRequired(OneofSchema oneof)
    {
        foreach (var field in oneof.Fields)
        {
            json.WriteStartObject();
            WriteRequired([field]);
            json.WriteEndObject();
        }
    }

    private void WriteRequired(IEnumerable<FieldSchema> fields)
    {
        var required = fields.ToList();
        if (required.Count == 0)
            return;
        json.WriteStartArray("required");
        foreach (var field in required)
            json.WriteStringValue(field.JsonNameUtf8);
        json.WriteEndArray();
    }

    private void WriteDescription(FileSchema file, ImmutableArray<int> path)
    {
        if (file.Comments.TextOf(path) is { Length: > 0 } text)
            json.WriteString("description", text);
    }

    private void WriteDeprecated(bool isDeprecated)
    {
        if (isDeprecated)
            json.WriteBoolean("deprecated", true);
    }
}
