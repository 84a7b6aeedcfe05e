using System.Text.Unicode;

namespace Hawser.Protobuf;

/// <summary>Reads the fields of messages from their bytes.</summary>
internal ref partial struct WireDecoder(ReadOnlySpan<byte> input, ProtobufReadOptions options)
{
    private WireReader reader = new(input);
    private readonly bool keepsUnknown = !options.DiscardUnknownFields;
    private int depthLeft = options.MaxDepth;
    private OctetArena arena;
    private FieldPath? path;

    /// <summary>Reads all fields of the input into a message.</summary>
    internal static void Decode(ReadOnlySpan<byte> input, DynamicMessage message, ProtobufReadOptions options)
    {
        var decoder = new WireDecoder(input, options);
        try
        {
            decoder.DecodeFields(message, groupNumber: 0);
        }
        catch (ProtobufFormatException failure) when (decoder.path is not null)
        {
            throw new ProtobufFormatException(failure.Reason, decoder.path.ToString(), failure.Offset, failure);
        }
    }

    /// <summary>Reads fields until the end of the message, or of the group that has the number.</summary>
    private void DecodeFields(DynamicMessage message, int groupNumber)
    {
        var layout = message.Layout;
        FieldPlan? plan = null;
        try
        {
            while (!reader.IsAtEnd)
            {
                plan = null;
                var start = reader.Position;
                var tag = reader.ReadTag();
                if ((tag & 7) == WireTypes.EndGroup)
                {
                    if ((int)(tag >> 3) == groupNumber)
                        return;
                    throw WireReader.Malformed(groupNumber == 0 ? "a group ends that was not begun" : $"the group {groupNumber} ends as group {tag >> 3}", start);
                }

                plan = layout.Find((int)(tag >> 3));
                if (plan is null)
                    DecodeUnknown(message, tag, start);
                else if (tag == plan.ElementTag)
                    DecodeElement(message, plan, start);
                else if (tag == plan.PackedTag)
                    DecodePacked(message, plan);
                else
                    DecodeUnknown(message, tag, start);
            }

            plan = null;
            if (groupNumber != 0)
                throw WireReader.Malformed($"the group {groupNumber} does not end", reader.Position);
        }
        catch (ProtobufFormatException) when (Enclose(plan, message))
        {
            throw;
        }
    }

    private void DecodeElement(DynamicMessage message, FieldPlan plan, int start)
    {
        if (plan.Shape == FieldShape.Singular)
            DecodeSingular(message, plan, start);
        else if (plan.Shape == FieldShape.Repeated)
            DecodeRepeated(message, plan, start);
        else
            DecodeMapEntry(message, plan, start);
    }

    private void DecodeSingular(DynamicMessage message, FieldPlan plan, int start)
    {
        switch (plan.Kind)
        {
            case FieldKind.Message or FieldKind.Group:
                ref var place = ref message.Prepare(plan);
                if (place.Message is not { } child)
                {
                    child = new DynamicMessage(plan.Message);
                    place.Reference = child;
                }

                DecodeMessage(child, plan);
                break;
            case FieldKind.String or FieldKind.Bytes:
                message.Store(plan, ReadText(plan));
                break;
            default:
                var bits = ReadNumber(plan);
                if (plan.IsClosedEnum && plan.Schema.EnumType!.FindValue((int)bits) is null)
                    KeepUnknown(message, start);
                else
                    message.StoreNumber(plan, bits);
                break;
        }
    }

    private long ReadNumber(FieldPlan plan) => (plan.ElementTag & 7) switch
    {
        WireTypes.Varints => WireFormat.FromVarint(plan.Kind, reader.ReadVarint()),
        WireTypes.EightBytes => (long)reader.ReadFixed64(),
        // Unsigned numbers are held without a sign, as everywhere.
        _ => plan.Kind == FieldKind.Fixed32 ? reader.ReadFixed32() : (int)reader.ReadFixed32(),
    };

    private FieldValue ReadText(FieldPlan plan)
    {
        var start = reader.Position;
        var octets = reader.ReadOctets();
        if (plan.ValidatesUtf8 && !Utf8.IsValid(octets))
            throw WireReader.Malformed("the text is not UTF-8", start);
        return arena.Copy(octets, reader.RemainingInput);
    }

    /// <summary>Reads a message that stands behind its length or, as a group, before its end tag.</summary>
    private void DecodeMessage(DynamicMessage message, FieldPlan plan)
    {
        if (--depthLeft < 0)
            reader.ThrowTooDeep();
        if (plan.Kind == FieldKind.Group)
        {
            DecodeFields(message, plan.Schema.Number);
        }
        else
        {
            var length = reader.ReadLength();
            var end = reader.End;
            reader.End = reader.Position + length;
            DecodeFields(message, groupNumber: 0);
            reader.End = end;
        }

        depthLeft++;
    }

    private void DecodeUnknown(DynamicMessage message, uint tag, int start)
    {
        reader.Skip(tag, depthLeft);
        KeepUnknown(message, start);
    }

    private readonly void KeepUnknown(DynamicMessage message, int start)
    {
        if (keepsUnknown)
            message.Extras.Unknown.Append(reader.Slice(start, reader.Position));
    }

    // Runs as an exception filter, from the innermost message outwards; never catches.
    private bool Enclose(FieldPlan? plan, DynamicMessage message)
    {
        if (plan is null)
            return false;
        path ??= new FieldPath();
        if (plan.Shape == FieldShape.Repeated)
            path.EncloseIndex(message.TryFind(plan, out var value) && value.Reference is RepeatedStorage values ? IndexOf(plan, values) : 0);
        path.Enclose(plan);
        return false;
    }

    // A message is appended before it is read, a number after.
    private static int IndexOf(FieldPlan plan, RepeatedStorage values) => plan.IsMessage ? values.Count - 1 : values.Count;
}
