namespace Hawser.Protobuf.Tests;

/// <summary>Makes random messages of any type: every field may be there, with values that are often at the edge of their range.</summary>
/// <param name="random">Where the choices come from.</param>
/// <param name="density">How many of the fields are set, 0 to 1.</param>
internal sealed class RandomMessages(Random random, double density = 0.3)
{
    private const int MaxDepth = 3;

    private static readonly string[] Texts = ["", "a", "text", "höhö", "\"quoted\" \\ \n\r\t\b\f\u0001", "</script>", "日本語", "\U0001F600 astral", "\u2028\u007f"];

    internal DynamicMessage Make(MessageSchema schema, int depth = 0)
    {
        var message = new DynamicMessage(schema);
        if (!FillWellKnown(message, depth))
            Fill(message, depth);
        return message;
    }

    private void Fill(DynamicMessage message, int depth)
    {
        foreach (var field in message.Schema.Fields.Concat(message.Schema.Extensions))
        {
            if (field.MessageType is not null && depth >= MaxDepth && !field.IsRequired)
                continue;
            if (!field.IsRequired && random.NextDouble() >= (field.MessageType is null ? density : density / (1 + (depth * 2))))
                continue;
            if (field.IsMap)
                message.Set(field, Entries(field, depth));
            else if (field.IsRepeated)
                message.Set(field, Enumerable.Range(0, random.Next(4)).Select(_ => Value(field, depth)).ToArray());
            else
                message.Set(field, Value(field, depth));
        }
    }

    private Dictionary<object, object> Entries(FieldSchema field, int depth)
    {
        var entries = new Dictionary<object, object>();
        for (var i = random.Next(12); i > 0; i--)
            entries[Value(field.MapKey!, depth)] = Value(field.MapValue!, depth);
        return entries;
    }

    private object Value(FieldSchema field, int depth) => field.Kind switch
    {
        FieldKind.Double => Number(),
        FieldKind.Float => (float)Number(),
        FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64 => Integer(),
        FieldKind.UInt64 or FieldKind.Fixed64 => (ulong)Integer(),
        FieldKind.Int32 or FieldKind.SFixed32 or FieldKind.SInt32 => (int)Integer(),
        FieldKind.UInt32 or FieldKind.Fixed32 => (uint)Integer(),
        FieldKind.Bool => random.Next(2) == 0,
        FieldKind.String => Texts[random.Next(Texts.Length)] + (random.Next(3) == 0 ? random.Next(1000).ToString() : ""),
        FieldKind.Bytes => (ReadOnlyMemory<byte>)Bytes(),
        FieldKind.Enum => field.EnumType!.IsClosed || random.Next(4) != 0
            ? field.EnumType.Values[random.Next(field.EnumType.Values.Length)].Number
            : field.EnumType.WellKnownType == WellKnownType.NullValue ? 0 : random.Next(1000, 2000),
        _ => Make(field.MessageType!, depth + 1),
    };

    // The one that every implementation writes for "NaN"; .NET's own constant has a sign.
    private static readonly double PositiveNaN = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000);

    private double Number() => random.Next(8) switch
    {
        0 => 0,
        1 => PositiveNaN,
        2 => random.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity,
        3 => float.MaxValue,
        4 => float.Epsilon,
        5 => random.Next(-1000, 1000),
        _ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-20, 20)),
    };

    private long Integer() => random.Next(6) switch
    {
        0 => 0,
        1 => random.Next(-3, 4),
        2 => random.Next(2) == 0 ? int.MaxValue : int.MinValue,
        3 => random.Next(2) == 0 ? long.MaxValue : long.MinValue,
        _ => random.NextInt64() >> random.Next(64),
    };

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(8)];
        random.NextBytes(bytes);
        return bytes;
    }

    // Of these types only some values have a JSON form.
    private bool FillWellKnown(DynamicMessage message, int depth)
    {
        switch (message.Schema.WellKnownType)
        {
            case WellKnownType.Timestamp:
                message["seconds"] = random.NextInt64(-62_135_596_800, 253_402_300_800);
                message["nanos"] = Nanos();
                return true;
            case WellKnownType.Duration:
                var seconds = random.NextInt64(-315_576_000_000, 315_576_000_001) * random.Next(2);
                message["seconds"] = seconds;
                message["nanos"] = seconds < 0 ? -Nanos() : seconds > 0 ? Nanos() : random.Next(2) == 0 ? Nanos() : -Nanos();
                return true;
            case WellKnownType.FieldMask:
                message["paths"] = Enumerable.Range(0, random.Next(4)).Select(i => i == 0 ? "simple" : $"nested_path.with_parts{i}").ToArray();
                return true;
            case WellKnownType.Struct:
                // Not with an empty key, which Google's JsonFormatter refuses although JSON has it.
                var fields = message.GetMap<string, DynamicMessage>("fields");
                for (var i = random.Next(4); i > 0; i--)
                    fields[$"{Texts[random.Next(Texts.Length)]}{i}"] = Make(message.Schema.FindField("fields")!.MapValue!.MessageType!, depth + 1);
                return true;
            case WellKnownType.Value:
                FillValue(message, depth);
                return true;
            case WellKnownType.Any:
                FillAny(message, depth);
                return true;
            default:
                return false;
        }
    }

    private int Nanos() => random.Next(5) switch
    {
        0 => 0,
        1 => 500_000_000,
        2 => 1_000,
        3 => 999_999_999,
        _ => random.Next(1_000_000_000),
    };

    private void FillValue(DynamicMessage value, int depth)
    {
        switch (random.Next(depth >= MaxDepth ? 4 : 6))
        {
            case 0:
                value["null_value"] = 0;
                break;
            case 1:
                value["number_value"] = (double)random.Next(-5, 5) / 4;
                break;
            case 2:
                value["string_value"] = Texts[random.Next(Texts.Length)];
                break;
            case 3:
                value["bool_value"] = random.Next(2) == 0;
                break;
            case 4:
                value["struct_value"] = Make(value.Schema.FindField("struct_value")!.MessageType!, depth + 1);
                break;
            default:
                value["list_value"] = Make(value.Schema.FindField("list_value")!.MessageType!, depth + 1);
                break;
        }
    }

    private void FillAny(DynamicMessage any, int depth)
    {
        string[] types = depth >= MaxDepth
            ? ["google.protobuf.Duration", "google.protobuf.Int64Value", "google.protobuf.Empty"]
            : ["google.protobuf.Duration", "google.protobuf.Value", "google.protobuf.Any", "google.protobuf.StringValue", "google.protobuf.Timestamp"];
        var type = types[random.Next(types.Length)];
        any["type_url"] = "type.googleapis.com/" + type;
        any["value"] = Make(ProtoSchema.WellKnownTypes.FindMessage(type)!, depth + 1).ToByteArray();
    }
}
