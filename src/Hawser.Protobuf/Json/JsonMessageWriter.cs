using System.Buffers;

namespace Hawser.Protobuf;

/// <summary>Writes messages as JSON.</summary>
internal ref partial struct JsonMessageWriter
{
    private readonly ProtoJsonOptions options;
    private JsonOutput json;
    private int depthLeft;
    private FieldPath? path;

    private JsonMessageWriter(IBufferWriter<byte> output, ProtoJsonOptions options)
    {
        this.options = options;
        json = new JsonOutput(output, options.Indented);
        // The message at the top is not nested.
        depthLeft = options.MaxDepth + 1;
    }

    internal static void Write(DynamicMessage message, IBufferWriter<byte> output, ProtoJsonOptions options)
    {
        var writer = new JsonMessageWriter(output, options);
        try
        {
            writer.WriteMessage(message);
        }
        catch (ProtoJsonException failure) when (writer.path is not null)
        {
            throw new ProtoJsonException(failure.Reason, writer.path.ToString(), failure);
        }

        writer.json.Flush();
    }

    private void WriteMessage(DynamicMessage message)
    {
        if (--depthLeft < 0)
            throw Failure($"messages nest deeper than {options.MaxDepth} levels (ProtoJsonOptions.MaxDepth)");
        if (message.Layout.WellKnown != WellKnownType.None)
        {
            WriteWellKnown(message);
        }
        else
        {
            json.BeginObject();
            WriteFields(message);
            json.EndObject();
        }

        depthLeft++;
    }

    private void WriteFields(DynamicMessage message)
    {
        var plans = message.Layout.Plans;
        var slot = 0;
        try
        {
            if (options.IncludeDefaults)
            {
                for (; slot < plans.Length; slot++)
                {
                    if (message.IsPresent(slot))
                        WriteField(plans[slot], message.Value(slot));
                    else
                        WriteDefault(plans[slot]);
                }
            }
            else
            {
                for (slot = message.NextSlot(0); slot >= 0; slot = message.NextSlot(slot + 1))
                    WriteField(plans[slot], message.Value(slot));
            }
        }
        catch (ProtoJsonException) when (Enclose(plans[slot]))
        {
            throw;
        }
    }

    private void WriteField(FieldPlan plan, in FieldValue value)
    {
        if (plan.Shape == FieldShape.Singular)
        {
            json.BeginMember(NameOf(plan));
            WriteValue(plan, value);
        }
        else if (plan.Shape == FieldShape.Repeated)
        {
            WriteRepeated(plan, (RepeatedStorage)value.Reference!);
        }
        else
        {
            WriteMap(plan, (MapStorage)value.Reference!);
        }
    }

    // Absent fields that have presence stay away even here; extensions, too, because nobody could tell which are meant.
    private void WriteDefault(FieldPlan plan)
    {
        if (plan.Schema.IsExtension || (plan.Shape == FieldShape.Singular && !plan.IsImplicit))
            return;
        json.BeginMember(NameOf(plan));
        switch (plan.Shape)
        {
            case FieldShape.Repeated:
                json.WriteRaw("[]"u8);
                break;
            case FieldShape.Map:
                json.WriteRaw("{}"u8);
                break;
            default:
                WriteValue(plan, plan.Default);
                break;
        }
    }

    private readonly byte[] NameOf(FieldPlan plan) => options.UseProtoNames ? plan.ProtoName : plan.JsonName;

    private void WriteValue(FieldPlan plan, in FieldValue value)
    {
        switch (plan.Kind)
        {
            case FieldKind.Message or FieldKind.Group:
                WriteMessage(value.Message!);
                break;
            case FieldKind.String:
                json.WriteText(value.Octets, plan.ValidatesUtf8);
                break;
            case FieldKind.Bytes:
                json.WriteBase64(value.Octets);
                break;
            case FieldKind.Double:
                json.WriteNumber(value.AsDouble());
                break;
            case FieldKind.Float:
                json.WriteNumber(value.AsSingle());
                break;
            case FieldKind.Bool:
                json.WriteBool(value.Bits != 0);
                break;
            case FieldKind.Enum:
                WriteEnum(plan.Schema.EnumType!, (int)value.Bits);
                break;
            case FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64:
                WriteInt64(value.Bits);
                break;
            case FieldKind.UInt64 or FieldKind.Fixed64:
                WriteUInt64((ulong)value.Bits);
                break;
            default:
                json.WriteNumber(value.Bits);
                break;
        }
    }

    private void WriteInt64(long value)
    {
        if (options.Int64AsNumbers)
            json.WriteNumber(value);
        else
            json.WriteQuotedNumber(value);
    }

    private void WriteUInt64(ulong value)
    {
        if (options.Int64AsNumbers)
            json.WriteNumber(value);
        else
            json.WriteQuotedNumber(value);
    }

    private void WriteEnum(EnumSchema type, int number)
    {
        if (type.WellKnownType == WellKnownType.NullValue)
            json.WriteNull();
        else if (!options.EnumsAsNumbers && type.FindValue(number) is { } value)
            json.WriteText(value.NameUtf8);
        else
            json.WriteNumber((long)number);
    }

    private static ProtoJsonException Failure(string reason) => new(reason, "");

    // Runs as an exception filter, from the innermost message outwards; never catches.
    private bool Enclose(FieldPlan plan)
    {
        (path ??= new FieldPath()).Enclose(options.UseProtoNames ? plan.Schema.Name : plan.Schema.JsonName);
        return false;
    }
}
