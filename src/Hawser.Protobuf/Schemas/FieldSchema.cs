using System.Text;
using Google.Protobuf.Reflection;
using static Google.Protobuf.Reflection.FieldDescriptorProto.Types;

namespace Hawser.Protobuf;

/// <summary>A field of a message, or an extension of one.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class FieldSchema
{
    private const int LargestNumber = 536_870_911;

    private readonly byte[] nameUtf8;
    private readonly byte[] jsonNameUtf8;
    private readonly MessageSchema? scope;
    private byte[] tagBytes = [];
    private MessageSchema? containingType;

    internal FieldSchema(MessageSchema containingType, FieldDescriptorProto proto, int index)
        : this(containingType.File, containingType, proto)
    {
        this.containingType = containingType;
        Index = index;
        if (proto.HasExtendee)
            throw new SchemaException($"{File.Name}: the field '{FullName}' says that it extends '{proto.Extendee}', but it is not declared as an extension.");
    }

    private FieldSchema(FileSchema file, MessageSchema? scope, FieldDescriptorProto proto)
    {
        Identifiers.Check(proto.Name, file.Name);
        File = file;
        Proto = proto;
        this.scope = scope;
        FullName = Identifiers.Join(scope?.FullName ?? file.Package, proto.Name);
        IsExtension = proto.HasExtendee;
        Oneof = OneofOf(scope, proto);
        Features = (Oneof?.Features ?? scope?.Features ?? file.Features).With(proto.Options?.Features);
        JsonName = IsExtension ? $"[{FullName}]" : proto.HasJsonName ? proto.JsonName : Identifiers.ToJsonName(proto.Name);
        nameUtf8 = Encoding.UTF8.GetBytes(proto.Name);
        jsonNameUtf8 = Encoding.UTF8.GetBytes(JsonName);
        IsRepeated = proto.Label == Label.Repeated;
        IsRequired = proto.Label == Label.Required || (!IsRepeated && Features.Presence == FeatureSet.Types.FieldPresence.LegacyRequired);
        if (proto.Number < 1 || (proto.Number > LargestNumber && !IsExtension))
            throw new SchemaException($"{file.Name}: the field '{FullName}' has the number {proto.Number}; numbers go from 1 to {LargestNumber}.");
    }

    /// <summary>The name in the file.</summary>
    public string Name => Proto.Name;

    /// <summary>The name in the file, UTF-8.</summary>
    public ReadOnlySpan<byte> NameUtf8 => nameUtf8;

    /// <summary>The name in JSON: lowerCamelCase or what <c>json_name</c> says; an extension's is its full name in brackets.</summary>
    public string JsonName { get; }

    /// <summary>The name in JSON, UTF-8, neither quoted nor escaped.</summary>
    public ReadOnlySpan<byte> JsonNameUtf8 => jsonNameUtf8;

    /// <summary>The name with that of the message, or of the scope that an extension is declared in.</summary>
    public string FullName { get; }

    /// <summary>The file that declares it.</summary>
    public FileSchema File { get; }

    /// <summary>The message that has the field; of an extension, the message that it extends.</summary>
    public MessageSchema ContainingType => containingType!;

    /// <summary>The message that an extension is declared in, or null at the top level; of a field, <see cref="ContainingType"/>.</summary>
    public MessageSchema? Scope => scope;

    /// <summary>The number, 1 to 536,870,911.</summary>
    public int Number => Proto.Number;

    /// <summary>The place in <see cref="MessageSchema.Fields"/>; −1 for an extension.</summary>
    public int Index { get; private set; } = -1;

    /// <summary>What it holds. <see cref="FieldKind.Group"/> exactly when <see cref="IsDelimited"/>.</summary>
    public FieldKind Kind { get; private set; }

    /// <summary>Whether it has any number of values; maps have, too.</summary>
    public bool IsRepeated { get; }

    /// <summary>Whether it is a map; <see cref="MessageType"/> is the type of the entries.</summary>
    public bool IsMap { get; private set; }

    /// <summary>The key's field in the entries of a map, or null.</summary>
    public FieldSchema? MapKey => IsMap ? MessageType!.FindField(1) : null;

    /// <summary>The value's field in the entries of a map, or null.</summary>
    public FieldSchema? MapValue => IsMap ? MessageType!.FindField(2) : null;

    /// <summary>Whether a message without it is not valid.</summary>
    public bool IsRequired { get; }

    /// <summary>Whether "not set" and "set to the default" are told apart.</summary>
    public bool HasPresence { get; private set; }

    /// <summary>Whether its values are written packed behind one length. Both forms are read either way.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>Whether its message stands between a start and an end tag: a proto2 group, or <c>message_encoding = DELIMITED</c>.</summary>
    public bool IsDelimited => Kind == FieldKind.Group;

    /// <summary>Whether text that is not UTF-8 is an error.</summary>
    public bool ValidatesUtf8 { get; private set; }

    /// <summary>The oneof that it is part of, synthetic ones included, or null.</summary>
    public OneofSchema? Oneof { get; }

    /// <summary>The message's type, or null when it holds none.</summary>
    public MessageSchema? MessageType { get; private set; }

    /// <summary>The enum, or null when it holds none.</summary>
    public EnumSchema? EnumType { get; private set; }

    /// <summary>
    /// The value of a field that is not set: a boxed double, float, long, ulong, int, uint or bool by kind; a string; a <see cref="ReadOnlyMemory{T}"/> of
    /// bytes; the int number of an enum's value; null for messages and repeated fields.
    /// </summary>
    public object? DefaultValue { get; private set; }

    /// <summary>Whether it extends a message from outside.</summary>
    public bool IsExtension { get; }

    /// <summary>Number and wire type as it is written: that of a packed field is the packed one, that of a group its start.</summary>
    public uint Tag { get; private set; }

    /// <summary><see cref="Tag"/> as a varint.</summary>
    public ReadOnlySpan<byte> TagBytes => tagBytes;

    internal FieldDescriptorProto Proto { get; }

    internal Features Features { get; }

    /// <inheritdoc/>
    public override string ToString() => FullName;

    internal static FieldSchema Extension(FileSchema file, MessageSchema? scope, FieldDescriptorProto proto)
    {
        if (!proto.HasExtendee)
            throw new SchemaException($"{file.Name}: the extension '{proto.Name}' does not say which message it extends.");
        return new FieldSchema(file, scope, proto);
    }

    internal void Link(SymbolTable symbols)
    {
        var what = $"the field '{FullName}'";
        var scopeName = scope?.FullName ?? File.Package;
        if (IsExtension)
            Extend(symbols.Resolve<MessageSchema>(Proto.Extendee, File, scopeName, $"the extension '{FullName}'"));
        Kind = Proto.HasType ? (FieldKind)(int)Proto.Type : FieldKind.None;
        if (Proto.HasTypeName)
            LinkType(symbols.Resolve(Proto.TypeName, File, scopeName, what));
        if (Kind is < FieldKind.Double or > FieldKind.SInt64)
            throw new SchemaException($"{File.Name}: {what} has the type {(int)Kind}, which is not known.");
        if ((Kind is FieldKind.Message or FieldKind.Group) != (MessageType is not null) || (Kind == FieldKind.Enum) != (EnumType is not null))
            throw new SchemaException($"{File.Name}: {what} is of type {Kind}, and the type that it names does not fit.");

        IsMap = IsRepeated && MessageType is { IsMapEntry: true };
        if (Kind == FieldKind.Message && Features.Encoding == FeatureSet.Types.MessageEncoding.Delimited && !IsMap && !ContainingType.IsMapEntry)
            Kind = FieldKind.Group;
        HasPresence = !IsRepeated && (MessageType is not null || IsExtension || Oneof is not null || Features.Presence != FeatureSet.Types.FieldPresence.Implicit);
        IsPacked = IsRepeated && WireTypes.CanPack(Kind)
            && (Proto.Options is { HasPacked: true } options ? options.Packed : Features.Repeated == FeatureSet.Types.RepeatedFieldEncoding.Packed);
        ValidatesUtf8 = Kind == FieldKind.String && Features.Utf8 == FeatureSet.Types.Utf8Validation.Verify;
        DefaultValue = DefaultValues.Of(this);
        Tag = WireTypes.Tag(Number, IsPacked ? WireTypes.LengthDelimited : WireTypes.Of(Kind));
        tagBytes = WireTypes.Varint(Tag);
    }

    private void LinkType(object type)
    {
        switch (type)
        {
            case MessageSchema message:
                MessageType = message;
                // A descriptor made by hand may leave it to the name which of the two it is.
                Kind = Proto.HasType ? Kind : FieldKind.Message;
                break;
            case EnumSchema values:
                EnumType = values;
                Kind = Proto.HasType ? Kind : FieldKind.Enum;
                break;
            default:
                throw new SchemaException($"{File.Name}: the field '{FullName}' names '{Proto.TypeName.TrimStart('.')}' as its type, which is neither a message nor an enum.");
        }
    }

    private void Extend(MessageSchema extended)
    {
        containingType = extended;
        if (!extended.MayExtend(Number))
            throw new SchemaException($"{File.Name}: the extension '{FullName}' has the number {Number}, which '{extended.FullName}' does not leave to extensions.");
        extended.AddExtension(this);
    }

    private static OneofSchema? OneofOf(MessageSchema? scope, FieldDescriptorProto proto)
    {
        if (!proto.HasOneofIndex || proto.HasExtendee || scope is null)
            return null;
        return (uint)proto.OneofIndex < (uint)scope.Oneofs.Length
            ? scope.Oneofs[proto.OneofIndex]
            : throw new SchemaException($"{scope.File.Name}: the field '{scope.FullName}.{proto.Name}' is in the oneof {proto.OneofIndex}, which its message does not have.");
    }
}
