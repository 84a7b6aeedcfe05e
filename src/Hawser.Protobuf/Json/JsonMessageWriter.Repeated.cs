using System.Buffers.Text;

namespace Hawser.Protobuf;

/// <content>Repeated fields and maps.</content>
internal ref partial struct JsonMessageWriter
{
    private const int LongestKey = 24;

    private void WriteRepeated(FieldPlan plan, RepeatedStorage values)
    {
        if (values.Count == 0)
        {
            if (options.IncludeDefaults)
                WriteDefault(plan);
            return;
        }

        json.BeginMember(NameOf(plan));
        json.BeginArray();
        switch (values)
        {
            case MessageStorage messages:
                WriteMessages(messages.Items);
                break;
            case SliceStorage slices:
                foreach (ref readonly var item in slices.Items)
                {
                    json.BeginElement();
                    WriteValue(plan, item);
                }

                break;
            case NumberStorage<double> numbers:
                foreach (var number in numbers.Items)
                {
                    json.BeginElement();
                    json.WriteNumber(number);
                }

                break;
            case NumberStorage<float> numbers:
                foreach (var number in numbers.Items)
                {
                    json.BeginElement();
                    json.WriteNumber(number);
                }

                break;
            case NumberStorage<int> numbers when plan.Kind != FieldKind.Enum:
                foreach (var number in numbers.Items)
                {
                    json.BeginElement();
                    json.WriteNumber((long)number);
                }

                break;
            case NumberStorage<uint> numbers:
                foreach (var number in numbers.Items)
                {
                    json.BeginElement();
                    json.WriteNumber((long)number);
                }

                break;
            case NumberStorage<long> numbers:
                foreach (var number in numbers.Items)
                {
                    json.BeginElement();
                    WriteInt64(number);
                }

                break;
            case NumberStorage<ulong> numbers:
                foreach (var number in numbers.Items)
                {
                    json.BeginElement();
                    WriteUInt64(number);
                }

                break;
            default:
                for (var i = 0; i < values.Count; i++)
                {
                    json.BeginElement();
                    WriteValue(plan, values.Get(i));
                }

                break;
        }

        json.EndArray();
    }

    private void WriteMessages(ReadOnlySpan<DynamicMessage> messages)
    {
        var index = 0;
        try
        {
            for (; index < messages.Length; index++)
            {
                json.BeginElement();
                WriteMessage(messages[index]);
            }
        }
        catch (ProtoJsonException) when (EncloseIndex(index))
        {
            throw;
        }
    }

    private void WriteMap(FieldPlan plan, MapStorage map)
    {
        if (map.Count == 0)
        {
            if (options.IncludeDefaults)
                WriteDefault(plan);
            return;
        }

        json.BeginMember(NameOf(plan));
        json.BeginObject();
        WriteEntries(map);
        json.EndObject();
    }

    private void WriteEntries(MapStorage map)
    {
        FieldPlan keyPlan = map.Plan.MapKey, valuePlan = map.Plan.MapValue;
        var index = 0;
        try
        {
            for (; index < map.Count; index++)
            {
                ref readonly var entry = ref map.Entries[index];
                BeginEntry(keyPlan, entry.Key);
                WriteValue(valuePlan, entry.Value);
            }
        }
        catch (ProtoJsonException) when (EncloseKey(keyPlan, map.Entries[index].Key))
        {
            throw;
        }
    }

    private void BeginEntry(FieldPlan keyPlan, in FieldValue key)
    {
        Span<byte> text = stackalloc byte[LongestKey];
        var length = 0;
        switch (keyPlan.Kind)
        {
            case FieldKind.String:
                json.BeginMember(key.Octets, keyPlan.ValidatesUtf8);
                return;
            case FieldKind.Bool:
                json.BeginMember(key.Bits != 0 ? "true"u8 : "false"u8);
                return;
            case FieldKind.UInt64 or FieldKind.Fixed64:
                Utf8Formatter.TryFormat((ulong)key.Bits, text, out length);
                break;
            default:
                Utf8Formatter.TryFormat(key.Bits, text, out length);
                break;
        }

        json.BeginMember(text[..length]);
    }

    private bool EncloseIndex(int index)
    {
        (path ??= new FieldPath()).EncloseIndex(index);
        return false;
    }

    private bool EncloseKey(FieldPlan keyPlan, in FieldValue key)
    {
        (path ??= new FieldPath()).EncloseKey(keyPlan, key);
        return false;
    }
}
