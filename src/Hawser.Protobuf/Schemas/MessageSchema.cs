using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>A message type.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class MessageSchema
{
    private readonly Dictionary<int, FieldSchema> extensions = [];
    private FieldIndex index = FieldIndex.Empty;
    private MessageLayout? layout;

    internal MessageSchema(FileSchema file, MessageSchema? containingType, DescriptorProto proto)
    {
        Identifiers.Check(proto.Name, file.Name);
        File = file;
        ContainingType = containingType;
        Proto = proto;
        FullName = Identifiers.Join(containingType?.FullName ?? file.Package, proto.Name);
        Features = (containingType?.Features ?? file.Features).With(proto.Options?.Features);
        IsMapEntry = proto.Options?.MapEntry == true;
        IsMessageSet = proto.Options?.MessageSetWireFormat == true;
        NestedTypes = [.. proto.NestedType.Select(nested => new MessageSchema(file, this, nested))];
        Enums = [.. proto.EnumType.Select(type => new EnumSchema(file, this, type))];
        Oneofs = [.. proto.OneofDecl.Select((oneof, position) => new OneofSchema(this, oneof, position))];
        Fields = [.. proto.Field.Select((field, position) => new FieldSchema(this, field, position))];
        DeclaredExtensions = [.. proto.Extension.Select(extension => FieldSchema.Extension(file, this, extension))];
        foreach (var oneof in Oneofs)
            oneof.Gather(Fields);
    }

    /// <summary>The name within what contains it.</summary>
    public string Name => Proto.Name;

    /// <summary>The name with package and containing types, without a leading dot.</summary>
    public string FullName { get; }

    /// <summary>The file that declares it.</summary>
    public FileSchema File { get; }

    /// <summary>The message that it is declared in, or null at the top level.</summary>
    public MessageSchema? ContainingType { get; }

    /// <summary>The fields, in the order of their declaration; <see cref="FieldSchema.Index"/> is the place here.</summary>
    public ImmutableArray<FieldSchema> Fields { get; }

    /// <summary>The oneofs, in the order of their declaration; synthetic ones come last.</summary>
    public ImmutableArray<OneofSchema> Oneofs { get; }

    /// <summary>The messages declared in this one, entries of maps included.</summary>
    public ImmutableArray<MessageSchema> NestedTypes { get; }

    /// <summary>The enums declared in this message.</summary>
    public ImmutableArray<EnumSchema> Enums { get; }

    /// <summary>The extensions declared in this message's scope, whatever they extend.</summary>
    public ImmutableArray<FieldSchema> DeclaredExtensions { get; }

    /// <summary>The extensions of this message that its schema knows, in order of their numbers.</summary>
    public ImmutableArray<FieldSchema> Extensions { get; private set; } = [];

    /// <summary>Whether it is the entry of a map, which nobody declared by hand.</summary>
    public bool IsMapEntry { get; }

    /// <summary>Whether it is written in the old MessageSet format.</summary>
    public bool IsMessageSet { get; }

    /// <summary>Which of the types with a JSON form of their own it is; the fields were checked as well as the name.</summary>
    public WellKnownType WellKnownType { get; private set; }

    internal DescriptorProto Proto { get; }

    internal Features Features { get; }

    /// <summary>How messages of this type are laid out; made when the first is.</summary>
    internal MessageLayout? Layout => layout;

    /// <summary>Finds a field, not an extension, by number.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The field, or null.</returns>
    public FieldSchema? FindField(int number) => index.Find(number);

    /// <summary>Finds a field by its name in the file.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The field, or null.</returns>
    public FieldSchema? FindField(string name) => index.Find(name);

    /// <summary>Finds a field by its JSON name or its name in the file.</summary>
    /// <param name="name">Either name.</param>
    /// <returns>The field, or null.</returns>
    public FieldSchema? FindFieldByJson(string name) => index.FindByJson(name);

    /// <summary>Finds a field by its JSON name or its name in the file.</summary>
    /// <param name="utf8">Either name, UTF-8.</param>
    /// <returns>The field, or null.</returns>
    public FieldSchema? FindFieldByJson(ReadOnlySpan<byte> utf8) => index.FindByJson(utf8);

    /// <summary>Finds an extension of this message, among those that its schema knows, by number.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The extension, or null.</returns>
    public FieldSchema? FindExtension(int number) => extensions.GetValueOrDefault(number);

    /// <inheritdoc/>
    public override string ToString() => FullName;

    /// <summary>Keeps a layout, unless there is one already.</summary>
    internal void SetLayout(MessageLayout value) => Interlocked.CompareExchange(ref layout, value, null);

    internal bool MayExtend(int number)
    {
        foreach (var range in Proto.ExtensionRange)
        {
            if (number >= range.Start && number < range.End)
                return true;
        }

        return false;
    }

    internal void AddExtension(FieldSchema extension)
    {
        if (extensions.TryAdd(extension.Number, extension))
            return;
        throw new SchemaException(
            $"{extension.File.Name}: the extensions '{extensions[extension.Number].FullName}' and '{extension.FullName}' of '{FullName}' both have the number {extension.Number}.");
    }

    internal void Link(SymbolTable symbols)
    {
        foreach (var nested in NestedTypes)
            nested.Link(symbols);
        foreach (var field in Fields)
            field.Link(symbols);
        foreach (var extension in DeclaredExtensions)
            extension.Link(symbols);
        index = new FieldIndex(this);
        if (IsMapEntry)
            CheckEntry();
    }

    /// <summary>Runs when every message of the schema is linked, because a well-known type's fields refer to others, and extensions come from anywhere.</summary>
    internal void Complete()
    {
        WellKnownType = WellKnownShape.Of(this);
        Extensions = [.. extensions.Values.OrderBy(extension => extension.Number)];
        foreach (var nested in NestedTypes)
            nested.Complete();
    }

    private void CheckEntry()
    {
        if (Fields.Length == 2 && FindField(1) is { IsRepeated: false } key && FindField(2) is { IsRepeated: false, Kind: not FieldKind.Group }
            && key.Kind is not (FieldKind.None or FieldKind.Double or FieldKind.Float or FieldKind.Group or FieldKind.Message or FieldKind.Bytes or FieldKind.Enum))
        {
            return;
        }

        throw new SchemaException($"{File.Name}: '{FullName}' says that it is the entry of a map, but it has not just a key (1: integer, bool or string) and a value (2).");
    }
}
