using System.Text;
using System.Text.Json;

namespace Hawser.Protobuf;

/// <summary>What encoding, decoding and printing need of a field, worked out once.</summary>
internal sealed class FieldPlan
{
    private MessageLayout? message;
    private FieldPlan? mapKey;
    private FieldPlan? mapValue;

    internal FieldPlan(FieldSchema schema, int slot)
    {
        Schema = schema;
        Slot = slot;
        Kind = schema.Kind;
        Shape = schema.IsMap ? FieldShape.Map : schema.IsRepeated ? FieldShape.Repeated : FieldShape.Singular;
        IsImplicit = Shape == FieldShape.Singular && !schema.HasPresence;
        IsClosedEnum = schema.EnumType is { IsClosed: true };
        ValidatesUtf8 = schema.ValidatesUtf8;
        ElementTag = WireTypes.Tag(schema.Number, WireTypes.Of(Kind));
        PackedTag = Shape == FieldShape.Repeated && WireTypes.CanPack(Kind) ? WireTypes.Tag(schema.Number, WireTypes.LengthDelimited) : 0;
        IsPacked = schema.IsPacked && PackedTag != 0;
        ValueType = FieldConversion.TypeOf(Kind);
        Default = Shape == FieldShape.Singular && schema.DefaultValue is { } value ? FieldConversion.FromObject(this, value) : default;
        JsonName = Quoted(schema.JsonName);
        ProtoName = schema.IsExtension ? JsonName : Quoted(schema.Name);
    }

    internal FieldSchema Schema { get; }

    internal int Slot { get; }

    internal FieldKind Kind { get; }

    internal FieldShape Shape { get; }

    /// <summary>Whether the field is present exactly if it is not zero.</summary>
    internal bool IsImplicit { get; }

    internal bool IsClosedEnum { get; }

    internal bool ValidatesUtf8 { get; }

    /// <summary>The tag in front of one value.</summary>
    internal uint ElementTag { get; }

    /// <summary>The tag in front of packed values; 0 when the field cannot be packed.</summary>
    internal uint PackedTag { get; }

    /// <summary>Whether the field is written packed; it is read both ways.</summary>
    internal bool IsPacked { get; }

    /// <summary>The .NET type of one value.</summary>
    internal Type ValueType { get; }

    internal FieldValue Default { get; }

    /// <summary>The slots of the other members of its oneof.</summary>
    internal int[] Siblings { get; set; } = [];

    /// <summary>The name in JSON with quotes and colon.</summary>
    internal byte[] JsonName { get; }

    /// <summary>The name in the file with quotes and colon.</summary>
    internal byte[] ProtoName { get; }

    // Types refer to each other in cycles, so these are resolved when they are first asked for.
    internal MessageLayout Message => message ??= MessageLayout.Of(Schema.MessageType!);

    internal FieldPlan MapKey => mapKey ??= new FieldPlan(Schema.MapKey!, 0);

    internal FieldPlan MapValue => mapValue ??= new FieldPlan(Schema.MapValue!, 1);

    internal bool IsText => Kind is FieldKind.String or FieldKind.Bytes;

    internal bool IsMessage => Kind is FieldKind.Message or FieldKind.Group;

    /// <summary>The name as paths and JSON show it.</summary>
    internal string DisplayName => Schema.IsExtension ? $"[{Schema.FullName}]" : Schema.Name;

    private static byte[] Quoted(string name) => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(name)}\":");
}
