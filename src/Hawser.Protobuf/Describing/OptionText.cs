using System.Text;
using Google.Protobuf;

namespace Hawser.Protobuf;

/// <summary>Writes the options of an element, custom ones that the schema knows included, as <c>name = value</c>.</summary>
internal sealed class OptionText(FileSchema file)
{
    // A value that would be longer on one line is spread over several.
    private const int LongestLine = 100;

    /// <summary>Each option of an element. Values may have several lines, indented from the first one.</summary>
    internal List<string> Of(IMessage? options, string scope)
    {
        var texts = new List<string>();
        if (options is null)
            return texts;
        var values = OptionValue.Read(options, file.Schema);
        foreach (var value in values)
        {
            if (IsPrinted(value))
                Add(value, NameOf(value.Field, scope), IsSpread(value, values), texts, scope);
        }

        return texts;
    }

    // Nobody may write it: it is what marks the entry of a map.
    private static bool IsPrinted(OptionValue value) => value.Field.FullName is not "google.protobuf.MessageOptions.map_entry";

    /// <summary>A message that was set part by part is written so again: it may not be set twice as a whole. Features are written so by custom.</summary>
    private static bool IsSpread(OptionValue value, List<OptionValue> siblings) =>
        value.Children is { Count: > 0 } && !value.Field.IsRepeated
        && (value.Field is { Name: "features", IsExtension: false } || siblings.Count(sibling => sibling.Field == value.Field) > 1);

    private void Add(OptionValue value, string name, bool isSpread, List<string> texts, string scope)
    {
        if (!isSpread)
        {
            texts.Add($"{name} = {ValueOf(value)}");
            return;
        }

        foreach (var child in value.Children!)
            Add(child, $"{name}.{NameOf(child.Field, scope)}", child.Children is { Count: > 0 } && !child.Field.IsRepeated, texts, scope);
    }

    private string NameOf(FieldSchema field, string scope) =>
        field.IsExtension ? $"({TypeReference.To(field.FullName, file, scope)})" : field.Name;

    private static string ValueOf(OptionValue value)
    {
        if (value.Children is null)
            return ProtoLiteral.Of(value.Field, value.Value);
        var line = OnOneLine(value.Children);
        return line.Length <= LongestLine ? line : OnLines(value.Children, "");
    }

    private static string OnOneLine(IReadOnlyList<OptionValue> fields) =>
        fields.Count == 0 ? "{ }" : $"{{ {string.Join(' ', fields.Select(field => $"{KeyOf(field)} {(field.Children is { } children ? OnOneLine(children) : ProtoLiteral.Of(field.Field, field.Value))}"))} }}";

    private static string OnLines(IReadOnlyList<OptionValue> fields, string indentation)
    {
        var text = new StringBuilder("{\n");
        foreach (var field in fields)
        {
            text.Append(indentation).Append("  ").Append(KeyOf(field)).Append(' ');
            text.Append(field.Children is { } children ? OnLines(children, indentation + "  ") : ProtoLiteral.Of(field.Field, field.Value)).Append('\n');
        }

        return text.Append(indentation).Append('}').ToString();
    }

    /// <summary>Within a value, fields are written as in text format, where a group has its type's name.</summary>
    private static string KeyOf(OptionValue field)
    {
        var name = field.Field.IsExtension
            ? $"[{field.Field.FullName}]"
            : field.Field.Proto.Type == Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Group ? field.Field.MessageType!.Name : field.Field.Name;
        return field.Children is null ? name + ":" : name;
    }
}
