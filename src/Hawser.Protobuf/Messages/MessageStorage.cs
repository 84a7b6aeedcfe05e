namespace Hawser.Protobuf;

/// <summary>The messages of a repeated field.</summary>
internal sealed class MessageStorage : ArrayStorage<DynamicMessage>
{
    internal override void Append(RepeatedStorage other)
    {
        var items = ((MessageStorage)other).Items;
        Reserve(items.Length);
        foreach (var item in items)
            Add(item.Clone());
    }

    internal override bool IsEqualTo(RepeatedStorage other) => Items.SequenceEqual(((MessageStorage)other).Items);

    internal override void AddTo(ref HashCode hash)
    {
        foreach (var item in Items)
            hash.Add(item);
    }

    protected override FieldValue ToValue(DynamicMessage item) => new(item);

    protected override DynamicMessage FromValue(in FieldValue value) => value.Message!;
}
