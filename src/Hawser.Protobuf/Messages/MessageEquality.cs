namespace Hawser.Protobuf;

/// <summary>Whether messages are equal, and their hashes.</summary>
internal static class MessageEquality
{
    internal static bool AreEqual(DynamicMessage left, DynamicMessage? right)
    {
        if (ReferenceEquals(left, right))
            return true;
        if (right is null || !ReferenceEquals(left.Layout, right.Layout) || !left.UnknownFields.Span.SequenceEqual(right.UnknownFields.Span))
            return false;
        NestingLimit.Check(left);
        int mine = NextPresent(left, 0), others = NextPresent(right, 0);
        for (; mine == others && mine >= 0; mine = NextPresent(left, mine + 1), others = NextPresent(right, others + 1))
        {
            if (!AreEqual(left.Layout.Plans[mine], left.Value(mine), right.Value(others)))
                return false;
        }

        return mine == others;
    }

    internal static int HashOf(DynamicMessage message)
    {
        NestingLimit.Check(message);
        var hash = default(HashCode);
        hash.Add(message.Schema);
        for (var slot = NextPresent(message, 0); slot >= 0; slot = NextPresent(message, slot + 1))
        {
            hash.Add(slot);
            AddTo(ref hash, message.Layout.Plans[slot], message.Value(slot));
        }

        hash.AddBytes(message.UnknownFields.Span);
        return hash.ToHashCode();
    }

    private static int NextPresent(DynamicMessage message, int slot)
    {
        do
            slot = message.NextSlot(slot);
        while (slot >= 0 && IsEmpty(message.Layout.Plans[slot], message.Value(slot++)));
        return slot < 0 ? slot : slot - 1;
    }

    // A repeated field without values is as good as none.
    private static bool IsEmpty(FieldPlan plan, in FieldValue value) => plan.Shape switch
    {
        FieldShape.Repeated => ((RepeatedStorage)value.Reference!).Count == 0,
        FieldShape.Map => ((MapStorage)value.Reference!).Count == 0,
        _ => false,
    };

    private static bool AreEqual(FieldPlan plan, in FieldValue left, in FieldValue right) => plan.Shape switch
    {
        FieldShape.Repeated => ((RepeatedStorage)left.Reference!).IsEqualTo((RepeatedStorage)right.Reference!),
        FieldShape.Map => AreEqual((MapStorage)left.Reference!, (MapStorage)right.Reference!),
        _ => AreSingularEqual(plan, left, right),
    };

    private static bool AreSingularEqual(FieldPlan plan, in FieldValue left, in FieldValue right)
    {
        if (plan.IsMessage)
            return AreEqual(left.Message!, right.Message);
        return plan.IsText ? left.Octets.SequenceEqual(right.Octets) : left.Bits == right.Bits;
    }

    private static bool AreEqual(MapStorage left, MapStorage right)
    {
        if (left.Count != right.Count)
            return false;
        foreach (ref readonly var entry in left.Entries)
        {
            var position = right.Find(entry.Key);
            if (position < 0 || !AreSingularEqual(left.Plan.MapValue, entry.Value, right.Value(position)))
                return false;
        }

        return true;
    }

    private static void AddTo(ref HashCode hash, FieldPlan plan, in FieldValue value)
    {
        switch (plan.Shape)
        {
            case FieldShape.Repeated:
                ((RepeatedStorage)value.Reference!).AddTo(ref hash);
                break;
            case FieldShape.Map:
                // The order of entries does not count, so neither does it in the hash.
                hash.Add(((MapStorage)value.Reference!).Count);
                break;
            case FieldShape.Singular when plan.IsMessage:
                hash.Add(value.Message);
                break;
            case FieldShape.Singular when plan.IsText:
                hash.AddBytes(value.Octets);
                break;
            default:
                hash.Add(value.Bits);
                break;
        }
    }
}
