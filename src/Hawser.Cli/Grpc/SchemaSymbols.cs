using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>What a schema declares under a name, in the forms that people want to see.</summary>
internal static class SchemaSymbols
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The names of services, methods, messages and enums.</summary>
    public static IEnumerable<string> NamesOf(ProtoSchema schema) => schema.Files.SelectMany(file =>
        file.Services.SelectMany(service => service.Methods.Select(method => method.FullName).Prepend(service.FullName))
            .Concat(file.Messages.SelectMany(NamesOf))
            .Concat(file.Enums.Select(type => type.FullName)));

    /// <summary>The declaration; of a method with those of its messages, of a part with that of the whole.</summary>
    public static string ProtoTextOf(object symbol) => symbol switch
    {
        ServiceSchema service => ProtoText.Of(service),
        MethodSchema method => string.Join("\n", new[] { method.Input, method.Output }.Distinct().Select(ProtoText.Of).Prepend(ProtoText.Of(method))),
        MessageSchema message => ProtoText.Of(message),
        EnumSchema type => ProtoText.Of(type),
        FieldSchema field => ProtoText.Of(field.Scope ?? field.ContainingType),
        OneofSchema oneof => ProtoText.Of(oneof.ContainingType),
        _ => throw new ArgumentOutOfRangeException(nameof(symbol), symbol, "A schema has no such symbols."),
    };

    /// <summary>The message that a symbol is, or that a method takes; null for others.</summary>
    public static MessageSchema? MessageOf(object symbol) => symbol switch
    {
        MessageSchema message => message,
        MethodSchema method => method.Input,
        _ => null,
    };

    /// <summary>The JSON Schema of a message, or of both messages of a method.</summary>
    /// <exception cref="CommandException">It is neither.</exception>
    public static string JsonSchemaOf(object symbol) => symbol switch
    {
        MessageSchema message => JsonSchemaWriter.Write(message, indented: true),
        MethodSchema method => JsonSchemaOf(method),
        _ => throw new CommandException(ExitCode.Usage, "--json-schema is for messages and methods."),
    };

    private static IEnumerable<string> NamesOf(MessageSchema message) => message.NestedTypes.Where(nested => !nested.IsMapEntry).SelectMany(NamesOf)
        .Concat(message.Enums.Select(type => type.FullName)).Prepend(message.FullName);

    /// <summary>The same form in which nodes of Hawser describe their methods.</summary>
    private static string JsonSchemaOf(MethodSchema method)
    {
        var known = method.ToMethod();
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Indented))
        {
            writer.WriteStartObject();
            writer.WriteString("name", method.FullName);
            writer.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(known.Kind.ToString()));
            writer.WriteString("request", method.Input.FullName);
            writer.WriteString("response", method.Output.FullName);
            writer.WritePropertyName("requestSchema");
            JsonElement.Parse(JsonSchemaWriter.Write(method.Input)).WriteTo(writer);
            writer.WritePropertyName("responseSchema");
            JsonElement.Parse(JsonSchemaWriter.Write(method.Output)).WriteTo(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
