using System.Collections.Immutable;
using Google.Protobuf.Reflection;
using static Google.Protobuf.Reflection.FieldDescriptorProto.Types;
using static Hawser.Protobuf.SourceComments;

namespace Hawser.Protobuf;

/// <summary>Writes messages with all that is declared in them.</summary>
internal sealed class MessagePrinter(PrintContext context)
{
    // Ranges end before their last number.
    private const int LargestNumber = 536_870_911;

    internal void Print(MessageSchema message, ImmutableArray<int> path)
    {
        context.Leading(path);
        context.Lines.Begin($"message {message.Name}");
        context.Trailing(path);
        PrintBody(message, path);
        context.Lines.End();
    }

    /// <summary>The message that a field declares in passing because it is a group, or null.</summary>
    internal static MessageSchema? GroupOf(FieldSchema field) => field.Proto.Type == FieldDescriptorProto.Types.Type.Group ? field.MessageType : null;

    internal void PrintField(FieldSchema field, ImmutableArray<int> path, string scope)
    {
        context.Leading(path);
        List<string> own = [];
        if (field.Proto.HasDefaultValue)
            own.Add($"default = {DefaultOf(field)}");
        if (field is { IsExtension: false, Proto.HasJsonName: true } && !string.Equals(field.JsonName, Identifiers.ToJsonName(field.Name), StringComparison.Ordinal))
            own.Add($"json_name = {ProtoLiteral.Quote(field.JsonName)}");
        var label = LabelOf(field);
        if (GroupOf(field) is { } group)
        {
            context.Lines.Begin($"{label}group {group.Name} = {field.Number}{context.InBrackets(field.Proto.Options, scope, own)}");
            context.Trailing(path);
            PrintBody(group, SourceComments.PathOf(group));
            context.Lines.End();
            return;
        }

        context.Statement($"{label}{TypeOf(field, scope)} {field.Name} = {field.Number}", field.Proto.Options, scope, own);
        context.Trailing(path);
    }

    private void PrintBody(MessageSchema message, ImmutableArray<int> path)
    {
        context.OptionStatements(message.Proto.Options, message.FullName);
        ReservedText.Print(
            context,
            message.Proto.ReservedRange.Select(range => ReservedText.Range(range.Start, range.End - 1, LargestNumber)),
            message.Proto.ReservedName);
        foreach (var range in message.Proto.ExtensionRange)
        {
            var largest = message.IsMessageSet ? int.MaxValue - 1 : LargestNumber;
            context.Statement($"extensions {ReservedText.Range(range.Start, range.End - 1, largest)}", range.Options, message.FullName);
        }

        foreach (var declaration in Declarations(message, path))
            declaration.Print();
    }

    private IEnumerable<DeclarationOrder.Declaration> Declarations(MessageSchema message, ImmutableArray<int> path)
    {
        var extensions = new ExtensionPrinter(context, this);
        var enums = new EnumPrinter(context);
        var passing = message.Fields.Concat(message.DeclaredExtensions)
            .Select(field => field.IsMap ? field.MessageType : GroupOf(field)).OfType<MessageSchema>().ToHashSet();
        return DeclarationOrder.Of(
            FieldsAndOneofs(message, path),
            extensions.Declarations(message.DeclaredExtensions, message.NestedTypes, path.Add(MessageExtension), message.FullName),
            message.NestedTypes.Select((nested, i) => (nested, i)).Where(pair => !passing.Contains(pair.nested)).Select(pair =>
                Block(path.AddRange(MessageNested, pair.i), [pair.i], place => Print(pair.nested, place))),
            message.Enums.Select((type, i) => Block(path.AddRange(MessageEnum, i), [], place => enums.Print(type, place))));
    }

    private IEnumerable<DeclarationOrder.Declaration> FieldsAndOneofs(MessageSchema message, ImmutableArray<int> path)
    {
        foreach (var field in message.Fields)
        {
            var place = path.AddRange(MessageField, field.Index);
            if (field.Oneof is not { IsSynthetic: false } oneof)
                yield return new DeclarationOrder.Declaration(() => PrintField(field, place, message.FullName), TypesOf([field]), context.Comments.PlaceOf(place));
            else if (oneof.Fields[0] == field)
                yield return Block(path.AddRange(MessageOneof, oneof.Index), TypesOf(oneof.Fields), at => PrintOneof(oneof, at, path));
        }
    }

    private void PrintOneof(OneofSchema oneof, ImmutableArray<int> path, ImmutableArray<int> message)
    {
        context.Leading(path);
        context.Lines.Begin($"oneof {oneof.Name}");
        context.Trailing(path);
        context.OptionStatements(oneof.Proto.Options, oneof.FullName);
        foreach (var field in oneof.Fields)
            PrintField(field, message.AddRange(MessageField, field.Index), oneof.ContainingType.FullName);
        context.Lines.End();
    }

    private DeclarationOrder.Declaration Block(ImmutableArray<int> path, IReadOnlyList<int> types, Action<ImmutableArray<int>> print) => new(
        () =>
        {
            context.Lines.Blank();
            print(path);
            context.Lines.Blank();
        },
        types,
        context.Comments.PlaceOf(path));

    private static List<int> TypesOf(IEnumerable<FieldSchema> fields) =>
        [.. fields.Select(field => field.IsMap ? field.MessageType : GroupOf(field)).OfType<MessageSchema>().Select(type => type.ContainingType!.NestedTypes.IndexOf(type))];

    private string LabelOf(FieldSchema field) => field switch
    {
        { IsMap: true } => "",
        { Oneof.IsSynthetic: false } => "",
        _ when field.Proto.Label == Label.Repeated => "repeated ",
        _ when field.Proto.Label == Label.Required => "required ",
        _ when field.Proto.Proto3Optional || context.Edition == Edition.Proto2 => "optional ",
        _ => "",
    };

    private string TypeOf(FieldSchema field, string scope) => field switch
    {
        { IsMap: true } => $"map<{TypeOf(field.MapKey!, scope)}, {TypeOf(field.MapValue!, scope)}>",
        { MessageType: { } message } => context.Reference(message.FullName, scope),
        { EnumType: { } type } => context.Reference(type.FullName, scope),
        _ => field.Kind.ToString().ToLowerInvariant(),
    };

    private static string DefaultOf(FieldSchema field) => field.Kind switch
    {
        FieldKind.String => ProtoLiteral.Quote(field.Proto.DefaultValue),
        FieldKind.Bytes => ProtoLiteral.Quote(((ReadOnlyMemory<byte>)field.DefaultValue!).Span),
        _ => field.Proto.DefaultValue,
    };
}
