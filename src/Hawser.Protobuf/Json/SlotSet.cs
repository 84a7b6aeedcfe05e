namespace Hawser.Protobuf;

/// <summary>Slots that have been seen.</summary>
internal struct SlotSet
{
    private ulong first;
    private HashSet<int>? others;

    /// <summary>Adds a slot; false when it was there.</summary>
    internal bool Add(int slot)
    {
        if (slot >= 64)
            return (others ??= []).Add(slot);
        var bit = 1UL << slot;
        if ((first & bit) != 0)
            return false;
        first |= bit;
        return true;
    }
}
