namespace Hawser.Protobuf;

/// <summary>How many bytes a message has when it is written.</summary>
internal static class WireSize
{
    internal static long Of(DynamicMessage message)
    {
        NestingLimit.Check(message);
        long size = message.UnknownFields.Length;
        var plans = message.Layout.Plans;
        for (var slot = message.NextSlot(0); slot >= 0; slot = message.NextSlot(slot + 1))
        {
            var plan = plans[slot];
            ref readonly var value = ref message.Value(slot);
            size += plan.Shape switch
            {
                FieldShape.Singular => OfElement(plan, value),
                FieldShape.Repeated => OfRepeated(plan, (RepeatedStorage)value.Reference!),
                _ => OfMap(plan, (MapStorage)value.Reference!),
            };
        }

        return size;
    }

    private static long OfElement(FieldPlan plan, in FieldValue value) => WireFormat.VarintLength(plan.ElementTag) + OfValue(plan, value);

    private static long OfValue(FieldPlan plan, in FieldValue value) => plan.Kind switch
    {
        FieldKind.Message => WithLength(Of(value.Message!)),
        FieldKind.Group => Of(value.Message!) + WireFormat.VarintLength(plan.ElementTag),
        FieldKind.String or FieldKind.Bytes => WithLength(value.Length),
        FieldKind.Double or FieldKind.Fixed64 or FieldKind.SFixed64 => sizeof(ulong),
        FieldKind.Float or FieldKind.Fixed32 or FieldKind.SFixed32 => sizeof(uint),
        _ => WireFormat.VarintLength(WireFormat.ToVarint(plan.Kind, value.Bits)),
    };

    private static long OfRepeated(FieldPlan plan, RepeatedStorage values)
    {
        if (values.Count == 0)
            return 0;
        long size = 0;
        for (var i = 0; i < values.Count; i++)
            size += OfValue(plan, values.Get(i));
        return plan.IsPacked
            ? WireFormat.VarintLength(plan.PackedTag) + WithLength(size)
            : size + ((long)values.Count * WireFormat.VarintLength(plan.ElementTag));
    }

    private static long OfMap(FieldPlan plan, MapStorage map)
    {
        var size = (long)map.Count * WireFormat.VarintLength(plan.ElementTag);
        foreach (ref readonly var entry in map.Entries)
            size += WithLength(OfElement(plan.MapKey, entry.Key) + OfElement(plan.MapValue, entry.Value));
        return size;
    }

    private static long WithLength(long length) => WireFormat.VarintLength((ulong)length) + length;
}
