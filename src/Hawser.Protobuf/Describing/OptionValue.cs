using Google.Protobuf;

namespace Hawser.Protobuf;

/// <summary>One field that is set in an options message: a scalar, bytes, or a message's own fields.</summary>
/// <param name="Field">The field or extension.</param>
/// <param name="Value">A boxed scalar as in <see cref="FieldSchema.DefaultValue"/>, a <see cref="ByteString"/>, or a list of <see cref="OptionValue"/>.</param>
internal sealed record OptionValue(FieldSchema Field, object Value)
{
    // As deep as messages may be nested elsewhere; whoever makes a descriptor decides.
    private const int MaxDepth = 100;

    internal IReadOnlyList<OptionValue>? Children => Value as IReadOnlyList<OptionValue>;

    /// <summary>Reads an options message by the schema that the file has of it, so that custom options are known as well.</summary>
    internal static List<OptionValue> Read(IMessage options, ProtoSchema schema)
    {
        var type = schema.FindMessage(options.Descriptor.FullName) ?? ProtoSchema.WellKnownTypes.FindMessage(options.Descriptor.FullName)!;
        try
        {
            using var input = options.ToByteString().CreateCodedInput();
            return ReadMessage(input, type, 0);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new SchemaException($"Options ({type.FullName}) have bytes that do not fit their types: {failure.Message}", failure);
        }
    }

    private static List<OptionValue> ReadMessage(CodedInputStream input, MessageSchema type, int depth)
    {
        if (depth > MaxDepth)
            throw new SchemaException($"Options are nested more than {MaxDepth} deep in '{type.FullName}'.");
        var values = new List<OptionValue>();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireTypes.OfTag(tag) == WireTypes.EndGroup)
                break;
            var number = WireTypes.NumberOfTag(tag);
            if ((type.FindField(number) ?? type.FindExtension(number)) is { } field)
                ReadField(input, field, tag, values, depth);
            else
                input.SkipLastField();
        }

        return values;
    }

    private static void ReadField(CodedInputStream input, FieldSchema field, uint tag, List<OptionValue> values, int depth)
    {
        var wireType = WireTypes.OfTag(tag);
        if (wireType == WireTypes.LengthDelimited && WireTypes.CanPack(field.Kind))
        {
            using var packed = input.ReadBytes().CreateCodedInput();
            while (!packed.IsAtEnd)
                values.Add(new OptionValue(field, ReadValue(packed, field, depth)));
        }
        else if (wireType != WireTypes.Of(field.Kind))
            input.SkipLastField();
        else
            values.Add(new OptionValue(field, ReadValue(input, field, depth)));
    }

    private static object ReadValue(CodedInputStream input, FieldSchema field, int depth)
    {
        switch (field.Kind)
        {
            case FieldKind.Message:
                using (var message = input.ReadBytes().CreateCodedInput())
                    return ReadMessage(message, field.MessageType!, depth + 1);
            case FieldKind.Group:
                return ReadMessage(input, field.MessageType!, depth + 1);
            default:
                return field.Kind switch
                {
                    FieldKind.Double => input.ReadDouble(),
                    FieldKind.Float => input.ReadFloat(),
                    FieldKind.Int64 => input.ReadInt64(),
                    FieldKind.UInt64 => input.ReadUInt64(),
                    FieldKind.Int32 => input.ReadInt32(),
                    FieldKind.Fixed64 => input.ReadFixed64(),
                    FieldKind.Fixed32 => input.ReadFixed32(),
                    FieldKind.Bool => input.ReadBool(),
                    FieldKind.UInt32 => input.ReadUInt32(),
                    FieldKind.Enum => input.ReadEnum(),
                    FieldKind.SFixed32 => input.ReadSFixed32(),
                    FieldKind.SFixed64 => input.ReadSFixed64(),
                    FieldKind.SInt32 => input.ReadSInt32(),
                    FieldKind.SInt64 => input.ReadSInt64(),
                    _ => input.ReadBytes(),
                };
        }
    }
}
