using System.Text.Json;

namespace Hawser.Protobuf;

/// <content>Repeated fields and maps.</content>
internal ref partial struct JsonMessageReader
{
    private void ReadRepeated(DynamicMessage message, FieldPlan plan)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw Expected("an array");
        var values = message.Repeated(plan);
        try
        {
            ReadElements(plan, values);
        }
        catch (Exception failure) when (failure is ProtoJsonException or JsonException && EncloseIndex(values.Count))
        {
            throw;
        }
    }

    private void ReadElements(FieldPlan plan, RepeatedStorage values)
    {
        switch (values)
        {
            case MessageStorage messages:
                while (NextElement(plan))
                {
                    var child = new DynamicMessage(plan.Message);
                    ReadMessage(child);
                    messages.Add(child);
                }

                break;
            case SliceStorage slices:
                while (NextElement(plan))
                    slices.Add(ReadText(plan.Kind));
                break;
            case NumberStorage<int> numbers when plan.Kind == FieldKind.Enum:
                while (NextElement(plan))
                {
                    if (TryReadEnum(plan.Schema.EnumType!, out var number))
                        numbers.Add(number);
                }

                break;
            case NumberStorage<int> numbers:
                while (NextElement(plan))
                    numbers.Add((int)ReadSigned(int.MinValue, int.MaxValue));
                break;
            case NumberStorage<long> numbers:
                while (NextElement(plan))
                    numbers.Add(ReadSigned(long.MinValue, long.MaxValue));
                break;
            case NumberStorage<uint> numbers:
                while (NextElement(plan))
                    numbers.Add((uint)ReadUnsigned(uint.MaxValue));
                break;
            case NumberStorage<ulong> numbers:
                while (NextElement(plan))
                    numbers.Add(ReadUnsigned(ulong.MaxValue));
                break;
            case NumberStorage<double> numbers:
                while (NextElement(plan))
                    numbers.Add(ReadDouble());
                break;
            case NumberStorage<float> numbers:
                while (NextElement(plan))
                    numbers.Add(ReadSingle());
                break;
            case NumberStorage<bool> numbers:
                while (NextElement(plan))
                    numbers.Add(ReadBool());
                break;
        }
    }

    private bool NextElement(FieldPlan plan)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.EndArray)
            return false;
        return json.TokenType != JsonTokenType.Null || IsNullable(plan) ? true : throw Failure("a repeated field cannot hold null");
    }

    private void ReadMap(DynamicMessage message, FieldPlan plan)
    {
        RequireObject();
        ReadEntries(message.Map(plan));
    }

    private void ReadEntries(MapStorage map)
    {
        FieldPlan keyPlan = map.Plan.MapKey, valuePlan = map.Plan.MapValue;
        FieldValue key = default;
        var hasKey = false;
        try
        {
            for (; json.Read() && json.TokenType == JsonTokenType.PropertyName; hasKey = false)
            {
                key = ReadKey(keyPlan.Kind);
                hasKey = true;
                json.Read();
                if (json.TokenType == JsonTokenType.Null && !IsNullable(valuePlan))
                    throw Failure("a map cannot hold null");
                if (!TryReadMapValue(valuePlan, out var value))
                    continue;
                map.GetOrAdd(key, out var added) = value;
                if (!added)
                    throw Failure("the key stands twice");
            }
        }
        catch (Exception failure) when (failure is ProtoJsonException or JsonException && EncloseKey(hasKey ? FieldPath.KeyText(keyPlan, key) : null))
        {
            throw;
        }
    }

    private bool TryReadMapValue(FieldPlan plan, out FieldValue value)
    {
        value = default;
        switch (plan.Kind)
        {
            case FieldKind.Message:
                var child = new DynamicMessage(plan.Message);
                ReadMessage(child);
                value = new FieldValue(child);
                return true;
            case FieldKind.Enum:
                var isKnown = TryReadEnum(plan.Schema.EnumType!, out var number);
                value = new FieldValue((long)number);
                return isKnown;
            case FieldKind.String or FieldKind.Bytes:
                value = ReadText(plan.Kind);
                return true;
            default:
                value = new FieldValue(ReadNumber(plan.Kind));
                return true;
        }
    }

    private FieldValue ReadKey(FieldKind kind)
    {
        using var text = new JsonText(json);
        if (kind == FieldKind.String)
            return System.Text.Unicode.Utf8.IsValid(text.Span) ? arena.Copy(text.Span, StillToCome) : throw Failure("a key is not UTF-8");
        if (kind == FieldKind.Bool)
        {
            return text.Span.SequenceEqual("true"u8) ? FieldValue.Of(true)
                : text.Span.SequenceEqual("false"u8) ? FieldValue.Of(false) : throw Expected("the key true or false");
        }

        if (!JsonInteger.TryParse(text.Span, out var isNegative, out var magnitude))
            throw Expected("an integer as key");
        var (min, max) = IntegerRange.Of(kind);
        if (isNegative ? magnitude > (ulong)-(Int128)min : magnitude > max)
            throw Failure($"expected a key from {min} to {max}, got {Describe()}");
        return new FieldValue(isNegative ? (long)(0 - magnitude) : (long)magnitude);
    }
}
