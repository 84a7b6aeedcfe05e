namespace Hawser.Protobuf;

/// <summary>Adds one message's fields to another's.</summary>
internal static class MessageMerge
{
    internal static void Merge(DynamicMessage from, DynamicMessage into)
    {
        NestingLimit.Check(from);
        var plans = from.Layout.Plans;
        for (var slot = from.NextSlot(0); slot >= 0; slot = from.NextSlot(slot + 1))
            MergeField(plans[slot], from.Value(slot), into);
        if (!from.UnknownFields.IsEmpty)
            into.Extras.Unknown.Append(from.UnknownFields.Span);
    }

    private static void MergeField(FieldPlan plan, in FieldValue value, DynamicMessage into)
    {
        switch (plan.Shape)
        {
            case FieldShape.Repeated:
                into.Repeated(plan).Append((RepeatedStorage)value.Reference!);
                break;
            case FieldShape.Map:
                MergeMap((MapStorage)value.Reference!, into.Map(plan));
                break;
            case FieldShape.Singular when plan.IsMessage:
                if (into.TryFind(plan, out var target))
                {
                    Merge(value.Message!, target.Message!);
                    break;
                }

                // Copied before it is put there: what is merged into may be part of what is merged.
                var copy = value.Message!.Clone();
                into.Prepare(plan).Reference = copy;
                break;
            default:
                // The arrays behind texts and bytes never change, so copies may share them.
                into.Prepare(plan) = value;
                break;
        }
    }

    private static void MergeMap(MapStorage from, MapStorage into)
    {
        var isMessage = from.Plan.MapValue.IsMessage;
        foreach (ref readonly var entry in from.Entries)
            into.GetOrAdd(entry.Key, out _) = isMessage ? new FieldValue(entry.Value.Message!.Clone()) : entry.Value;
    }
}
