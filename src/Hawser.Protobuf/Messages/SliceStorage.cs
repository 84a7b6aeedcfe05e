namespace Hawser.Protobuf;

/// <summary>The texts or bytes of a repeated field.</summary>
internal sealed class SliceStorage : ArrayStorage<FieldValue>
{
    internal override void Append(RepeatedStorage other)
    {
        // The arrays behind slices never change, so copies may share them.
        var items = ((SliceStorage)other).Items;
        items.CopyTo(Extend(items.Length));
    }

    internal override bool IsEqualTo(RepeatedStorage other)
    {
        var mine = Items;
        var others = ((SliceStorage)other).Items;
        if (mine.Length != others.Length)
            return false;
        for (var i = 0; i < mine.Length; i++)
        {
            if (!mine[i].Octets.SequenceEqual(others[i].Octets))
                return false;
        }

        return true;
    }

    internal override void AddTo(ref HashCode hash)
    {
        foreach (ref readonly var item in Items)
            hash.AddBytes(item.Octets);
    }

    protected override FieldValue ToValue(FieldValue item) => item;

    protected override FieldValue FromValue(in FieldValue value) => value;
}
