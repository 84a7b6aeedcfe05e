using System.Numerics;

namespace Hawser.Protobuf;

/// <summary>The entries of a map, in the order in which their keys first came.</summary>
internal sealed class MapStorage(FieldPlan plan)
{
    // A short map is searched from end to end; a longer one has a table of hashes beside its entries.
    private const int LongestWithoutTable = 8;

    private Entry[] entries = [];
    private int[] buckets = [];

    internal FieldPlan Plan { get; } = plan;

    internal int Count { get; private set; }

    internal ReadOnlySpan<Entry> Entries => entries.AsSpan(0, Count);

    private bool HasTextKeys => Plan.MapKey.Kind == FieldKind.String;

    /// <summary>The position of a key; -1 when the map does not have it.</summary>
    internal int Find(in FieldValue key)
    {
        if (buckets.Length == 0)
        {
            for (var i = 0; i < Count; i++)
            {
                if (AreEqual(entries[i].Key, key))
                    return i;
            }

            return -1;
        }

        var hash = HashOf(key);
        for (var i = buckets[hash & (uint)(buckets.Length - 1)] - 1; i >= 0; i = entries[i].Next)
        {
            if (entries[i].Hash == hash && AreEqual(entries[i].Key, key))
                return i;
        }

        return -1;
    }

    /// <summary>The place of a key's value, added as zero when the map does not have it.</summary>
    internal ref FieldValue GetOrAdd(in FieldValue key, out bool added)
    {
        var position = Find(key);
        added = position < 0;
        if (added)
        {
            if (Count == entries.Length)
                Array.Resize(ref entries, Math.Max(4, Count * 2));
            position = Count++;
            entries[position].Key = key;
            if (buckets.Length != 0 && Count <= buckets.Length)
                Link(position);
            else if (Count > LongestWithoutTable)
                BuildTable();
        }

        return ref entries[position].Value;
    }

    internal ref FieldValue Value(int position) => ref entries[position].Value;

    internal bool Remove(in FieldValue key)
    {
        var position = Find(key);
        if (position < 0)
            return false;
        Array.Copy(entries, position + 1, entries, position, Count - position - 1);
        entries[--Count] = default;
        if (buckets.Length != 0)
            BuildTable();
        return true;
    }

    internal void Clear()
    {
        entries = [];
        buckets = [];
        Count = 0;
    }

    /// <summary>The positions of the entries in the order of their keys: numbers by value, texts by their bytes.</summary>
    internal int[] SortedPositions()
    {
        var positions = new int[Count];
        for (var i = 0; i < positions.Length; i++)
            positions[i] = i;
        var isUnsigned = Plan.MapKey.Kind is FieldKind.UInt64 or FieldKind.Fixed64;
        Array.Sort(positions, (left, right) =>
        {
            ref readonly var a = ref entries[left].Key;
            ref readonly var b = ref entries[right].Key;
            if (HasTextKeys)
                return a.Octets.SequenceCompareTo(b.Octets);
            return isUnsigned ? ((ulong)a.Bits).CompareTo((ulong)b.Bits) : a.Bits.CompareTo(b.Bits);
        });
        return positions;
    }

    private bool AreEqual(in FieldValue left, in FieldValue right) =>
        HasTextKeys ? left.Octets.SequenceEqual(right.Octets) : left.Bits == right.Bits;

    // HashCode is seeded per process: a peer cannot choose keys that collide.
    private uint HashOf(in FieldValue key)
    {
        if (!HasTextKeys)
            return (uint)HashCode.Combine(key.Bits);
        var hash = default(HashCode);
        hash.AddBytes(key.Octets);
        return (uint)hash.ToHashCode();
    }

    private void Link(int position)
    {
        ref var entry = ref entries[position];
        entry.Hash = HashOf(entry.Key);
        ref var bucket = ref buckets[entry.Hash & (uint)(buckets.Length - 1)];
        entry.Next = bucket - 1;
        bucket = position + 1;
    }

    private void BuildTable()
    {
        buckets = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(entries.Length, Count))];
        for (var i = 0; i < Count; i++)
            Link(i);
    }

    internal struct Entry
    {
        internal FieldValue Key;
        internal FieldValue Value;
        internal uint Hash;
        internal int Next;
    }
}
