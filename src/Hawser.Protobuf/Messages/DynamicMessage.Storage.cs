using System.Numerics;

namespace Hawser.Protobuf;

public sealed partial class DynamicMessage
{
    private readonly MessageLayout layout;

    // Dense layouts: one value per slot, zero when it is not present. Others: one per present slot, in the order of slots, and zeros behind them.
    private FieldValue[] values = [];

    // Which of the first 64 slots are present; the rest stand in the extras.
    private ulong presence;
    private MessageExtras? extras;

    internal MessageLayout Layout => layout;

    internal MessageExtras Extras => extras ??= new MessageExtras();

    /// <summary>The value of a slot that is present.</summary>
    internal ref FieldValue Value(int slot) => ref values[layout.IsDense ? slot : Rank(slot)];

    /// <summary>The number in a slot; 0 when it is absent.</summary>
    internal long NumberAt(int slot) => IsPresent(slot) ? Value(slot).Bits : 0;

    /// <summary>The bytes or the UTF-8 in a slot; empty when it is absent.</summary>
    internal ReadOnlySpan<byte> OctetsAt(int slot) => IsPresent(slot) ? Value(slot).Octets : default;

    internal bool IsPresent(int slot) => slot < 64
        ? (presence & (1UL << slot)) != 0
        : extras?.Presence is { } words && (words[(slot >> 6) - 1] & (1UL << slot)) != 0;

    /// <summary>The first present slot from one on; -1 when there is none.</summary>
    internal int NextSlot(int from)
    {
        if (from < 64)
        {
            var rest = presence >> from;
            if (rest != 0)
                return from + BitOperations.TrailingZeroCount(rest);
            from = 64;
        }

        if (extras?.Presence is not { } words)
            return -1;
        for (var word = (from >> 6) - 1; word < words.Length; word++, from = (word + 1) << 6)
        {
            var rest = words[word] >> from;
            if (rest != 0)
                return from + BitOperations.TrailingZeroCount(rest);
        }

        return -1;
    }

    /// <summary>The last present slot before one; -1 when there is none.</summary>
    internal int PreviousSlot(int before)
    {
        if (before > 64)
        {
            if (extras?.Presence is { } words)
            {
                for (var last = before - 1; last >= 64; last = (last & ~63) - 1)
                {
                    var rest = words[(last >> 6) - 1] << (63 - last);
                    if (rest != 0)
                        return last - BitOperations.LeadingZeroCount(rest);
                }
            }

            before = 64;
        }

        if (before <= 0)
            return -1;
        var remaining = presence << (64 - before);
        return remaining == 0 ? -1 : before - 1 - BitOperations.LeadingZeroCount(remaining);
    }

    /// <summary>Makes a field present and answers the place of its value; other members of its oneof become absent.</summary>
    internal ref FieldValue Prepare(FieldPlan plan)
    {
        var slot = plan.Slot;
        if (IsPresent(slot))
            return ref Value(slot);
        foreach (var sibling in plan.Siblings)
            Remove(sibling);
        if (slot < 64)
            presence |= 1UL << slot;
        else
            (Extras.Presence ??= new ulong[(layout.Plans.Length - 1) >> 6])[(slot >> 6) - 1] |= 1UL << slot;
        if (!layout.IsDense)
            return ref InsertPlace(Rank(slot));
        if (values.Length == 0)
            values = new FieldValue[layout.Plans.Length];
        return ref values[slot];
    }

    /// <summary>Sets a singular field; a zero makes a field without presence absent.</summary>
    internal void Store(FieldPlan plan, FieldValue value)
    {
        if (plan.IsImplicit && value.Bits == 0)
            Remove(plan.Slot);
        else
            Prepare(plan) = value;
    }

    /// <summary>Sets a singular field that holds a number; a zero makes a field without presence absent.</summary>
    internal void StoreNumber(FieldPlan plan, long bits)
    {
        if (bits == 0 && plan.IsImplicit)
            Remove(plan.Slot);
        else
            Prepare(plan).Bits = bits;
    }

    internal void Remove(int slot)
    {
        if (!IsPresent(slot))
            return;
        if (layout.IsDense)
            values[slot] = default;
        else
            RemovePlace(Rank(slot));
        if (slot < 64)
            presence &= ~(1UL << slot);
        else
            extras!.Presence![(slot >> 6) - 1] &= ~(1UL << slot);
    }

    internal bool TryFind(FieldPlan plan, out FieldValue value)
    {
        var present = IsPresent(plan.Slot);
        value = present ? Value(plan.Slot) : default;
        return present;
    }

    /// <summary>The values of a repeated field, made when there are none.</summary>
    internal RepeatedStorage Repeated(FieldPlan plan)
    {
        ref var value = ref Prepare(plan);
        if (value.Reference is null)
            value.Reference = RepeatedStorage.For(plan.Kind);
        return (RepeatedStorage)value.Reference;
    }

    /// <summary>The entries of a map, made when there are none.</summary>
    internal MapStorage Map(FieldPlan plan)
    {
        ref var value = ref Prepare(plan);
        if (value.Reference is null)
            value.Reference = new MapStorage(plan);
        return (MapStorage)value.Reference;
    }

    /// <summary>How many of the slots before one are present.</summary>
    private int Rank(int slot)
    {
        if (slot < 64)
            return BitOperations.PopCount(presence & ((1UL << slot) - 1));
        var rank = BitOperations.PopCount(presence);
        if (extras?.Presence is not { } words)
            return rank;
        var last = (slot >> 6) - 1;
        for (var word = 0; word < last; word++)
            rank += BitOperations.PopCount(words[word]);
        return rank + BitOperations.PopCount(words[last] & ((1UL << slot) - 1));
    }

    private int CountPresent()
    {
        var count = BitOperations.PopCount(presence);
        foreach (var word in extras?.Presence ?? [])
            count += BitOperations.PopCount(word);
        return count;
    }

    // Fields mostly come in the order of their numbers, so that nothing has to be moved.
    private ref FieldValue InsertPlace(int place)
    {
        const int FirstCapacity = 4;
        var before = CountPresent() - 1;
        if (before == values.Length)
            Array.Resize(ref values, Math.Min(Math.Max(FirstCapacity, before * 2), layout.Plans.Length));
        if (place < before)
        {
            Array.Copy(values, place, values, place + 1, before - place);
            values[place] = default;
        }

        return ref values[place];
    }

    private void RemovePlace(int place)
    {
        var last = CountPresent() - 1;
        Array.Copy(values, place + 1, values, place, last - place);
        values[last] = default;
    }

    private static int CountOf(in FieldValue value) => value.Reference is MapStorage map ? map.Count : ((RepeatedStorage)value.Reference!).Count;

    private FieldSchema Field(string name) => Schema.FindField(name)
        ?? Schema.Extensions.FirstOrDefault(extension => string.Equals(extension.JsonName, name, StringComparison.Ordinal))
        ?? throw new ArgumentException($"The message '{Schema.FullName}' has no field '{name}'.", nameof(name));

    private FieldPlan PlanOf(FieldSchema field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return layout.PlanOf(field) ??
            throw new ArgumentException($"The field '{field.FullName}' is not one of '{Schema.FullName}'.", nameof(field));
    }

    private FieldPlan SingularPlan<T>(FieldSchema field)
    {
        var plan = PlanOf(field);
        if (plan.Shape != FieldShape.Singular)
            throw new ArgumentException($"The field '{field.FullName}' is {(plan.Shape == FieldShape.Map ? "a map" : "repeated")}.", nameof(field));
        FieldConversion.RequireType<T>(plan);
        return plan;
    }
}
