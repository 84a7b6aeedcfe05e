using System.Runtime.InteropServices;

namespace Hawser.Protobuf;

/// <content>Repeated fields and maps.</content>
internal ref partial struct WireDecoder
{
    private void DecodeRepeated(DynamicMessage message, FieldPlan plan, int start)
    {
        switch (plan.Kind)
        {
            case FieldKind.Message or FieldKind.Group:
                var child = new DynamicMessage(plan.Message);
                ((MessageStorage)message.Repeated(plan)).Add(child);
                DecodeMessage(child, plan);
                break;
            case FieldKind.String or FieldKind.Bytes:
                var text = ReadText(plan);
                ((SliceStorage)message.Repeated(plan)).Add(text);
                break;
            default:
                var bits = ReadNumber(plan);
                if (plan.IsClosedEnum && plan.Schema.EnumType!.FindValue((int)bits) is null)
                    KeepUnknown(message, start);
                else
                    AddNumber(message.Repeated(plan), plan.Kind, bits);
                break;
        }
    }

    private static void AddNumber(RepeatedStorage values, FieldKind kind, long bits)
    {
        switch (kind)
        {
            case FieldKind.Double:
                ((NumberStorage<double>)values).Add(BitConverter.Int64BitsToDouble(bits));
                break;
            case FieldKind.Float:
                ((NumberStorage<float>)values).Add(BitConverter.Int32BitsToSingle((int)bits));
                break;
            case FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64:
                ((NumberStorage<long>)values).Add(bits);
                break;
            case FieldKind.UInt64 or FieldKind.Fixed64:
                ((NumberStorage<ulong>)values).Add((ulong)bits);
                break;
            case FieldKind.UInt32 or FieldKind.Fixed32:
                ((NumberStorage<uint>)values).Add((uint)bits);
                break;
            case FieldKind.Bool:
                ((NumberStorage<bool>)values).Add(bits != 0);
                break;
            default:
                ((NumberStorage<int>)values).Add((int)bits);
                break;
        }
    }

    private void DecodePacked(DynamicMessage message, FieldPlan plan)
    {
        var length = reader.ReadLength();
        if (length == 0)
            return;
        var outerEnd = reader.End;
        reader.End = reader.Position + length;
        var values = message.Repeated(plan);
        switch (plan.Kind)
        {
            case FieldKind.Double:
                CopyFixed((NumberStorage<double>)values, length, sizeof(double));
                break;
            case FieldKind.Float:
                CopyFixed((NumberStorage<float>)values, length, sizeof(float));
                break;
            case FieldKind.SFixed64:
                CopyFixed((NumberStorage<long>)values, length, sizeof(long));
                break;
            case FieldKind.Fixed64:
                CopyFixed((NumberStorage<ulong>)values, length, sizeof(ulong));
                break;
            case FieldKind.SFixed32:
                CopyFixed((NumberStorage<int>)values, length, sizeof(int));
                break;
            case FieldKind.Fixed32:
                CopyFixed((NumberStorage<uint>)values, length, sizeof(uint));
                break;
            case FieldKind.Int64:
                ReserveFor(values, length);
                for (var numbers = (NumberStorage<long>)values; !reader.IsAtEnd;)
                    numbers.Add((long)reader.ReadVarint());
                break;
            case FieldKind.UInt64:
                ReserveFor(values, length);
                for (var numbers = (NumberStorage<ulong>)values; !reader.IsAtEnd;)
                    numbers.Add(reader.ReadVarint());
                break;
            case FieldKind.Int32:
                ReserveFor(values, length);
                for (var numbers = (NumberStorage<int>)values; !reader.IsAtEnd;)
                    numbers.Add((int)reader.ReadVarint());
                break;
            case FieldKind.UInt32:
                ReserveFor(values, length);
                for (var numbers = (NumberStorage<uint>)values; !reader.IsAtEnd;)
                    numbers.Add((uint)reader.ReadVarint());
                break;
            case FieldKind.SInt32:
                ReserveFor(values, length);
                for (var numbers = (NumberStorage<int>)values; !reader.IsAtEnd;)
                    numbers.Add(WireFormat.UnZigZag((uint)reader.ReadVarint()));
                break;
            case FieldKind.SInt64:
                ReserveFor(values, length);
                for (var numbers = (NumberStorage<long>)values; !reader.IsAtEnd;)
                    numbers.Add(WireFormat.UnZigZag(reader.ReadVarint()));
                break;
            case FieldKind.Bool:
                ReserveFor(values, length);
                for (var numbers = (NumberStorage<bool>)values; !reader.IsAtEnd;)
                    numbers.Add(reader.ReadVarint() != 0);
                break;
            default:
                DecodePackedEnums(message, plan, (NumberStorage<int>)values);
                break;
        }

        reader.End = outerEnd;
    }

    private void DecodePackedEnums(DynamicMessage message, FieldPlan plan, NumberStorage<int> values)
    {
        while (!reader.IsAtEnd)
        {
            var varint = reader.ReadVarint();
            if (!plan.IsClosedEnum || plan.Schema.EnumType!.FindValue((int)varint) is not null)
                values.Add((int)varint);
            else if (keepsUnknown)
                message.Extras.Unknown.AppendVarint(plan.ElementTag, varint);
        }
    }

    // Counts the varints' last bytes, so that the array is made once and with the right size; the bytes have all arrived.
    private readonly void ReserveFor(RepeatedStorage values, int length) => values.Reserve(VarintCounter.Count(reader.Slice(reader.Position, reader.Position + length)));

    private void CopyFixed<T>(NumberStorage<T> values, int length, int size)
        where T : unmanaged
    {
        if (length % size != 0)
            throw WireReader.Malformed($"the packed length {length} is not a multiple of {size}", reader.Position);
        var target = MemoryMarshal.AsBytes(values.Extend(length / size));
        reader.Slice(reader.Position, reader.End).CopyTo(target);
        if (!BitConverter.IsLittleEndian)
            LittleEndian.Convert(target, size);
        reader.Position = reader.End;
    }

    private void DecodeMapEntry(DynamicMessage message, FieldPlan plan, int start)
    {
        if (--depthLeft < 0)
            reader.ThrowTooDeep();
        var length = reader.ReadLength();
        var outerEnd = reader.End;
        reader.End = reader.Position + length;
        FieldPlan keyPlan = plan.MapKey, valuePlan = plan.MapValue;
        FieldValue key = default, value = valuePlan.Default;
        var isUnknown = false;
        FieldPlan? current = null;
        try
        {
            while (!reader.IsAtEnd)
            {
                current = null;
                var tagStart = reader.Position;
                var tag = reader.ReadTag();
                if (tag == keyPlan.ElementTag)
                {
                    key = keyPlan.IsText ? ReadText(current = keyPlan) : new FieldValue(ReadNumber(keyPlan));
                }
                else if (tag == valuePlan.ElementTag)
                {
                    current = valuePlan;
                    DecodeMapValue(valuePlan, ref value);
                    isUnknown = valuePlan.IsClosedEnum && valuePlan.Schema.EnumType!.FindValue((int)value.Bits) is null;
                }
                else
                {
                    reader.Skip(tag, depthLeft);
                }
            }
        }
        catch (ProtobufFormatException) when (EncloseKey(current, keyPlan, key))
        {
            throw;
        }

        reader.End = outerEnd;
        depthLeft++;
        if (isUnknown)
        {
            KeepUnknown(message, start);
            return;
        }

        if (valuePlan.IsMessage && value.Reference is null)
            value.Reference = new DynamicMessage(valuePlan.Message);
        message.Map(plan).GetOrAdd(key, out _) = value;
    }

    private void DecodeMapValue(FieldPlan plan, ref FieldValue value)
    {
        if (plan.IsMessage)
        {
            var message = value.Message ?? new DynamicMessage(plan.Message);
            value.Reference = message;
            DecodeMessage(message, plan);
        }
        else
        {
            value = plan.IsText ? ReadText(plan) : new FieldValue(ReadNumber(plan));
        }
    }

    private bool EncloseKey(FieldPlan? current, FieldPlan keyPlan, in FieldValue key)
    {
        if (ReferenceEquals(current, keyPlan))
            (path ??= new FieldPath()).Enclose("key");
        else
            (path ??= new FieldPath()).EncloseKey(keyPlan, key);
        return false;
    }
}
