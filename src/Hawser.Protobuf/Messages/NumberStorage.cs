using System.Runtime.InteropServices;

namespace Hawser.Protobuf;

/// <summary>The numbers, truths or enum numbers of a repeated field.</summary>
/// <typeparam name="T">The .NET type of the field's kind.</typeparam>
internal sealed class NumberStorage<T> : ArrayStorage<T>
    where T : unmanaged
{
    internal override void Append(RepeatedStorage other)
    {
        var items = ((NumberStorage<T>)other).Items;
        items.CopyTo(Extend(items.Length));
    }

    // Bit by bit: NaN equals itself, and 0.0 is not -0.0.
    internal override bool IsEqualTo(RepeatedStorage other) =>
        MemoryMarshal.AsBytes(Items).SequenceEqual(MemoryMarshal.AsBytes(((NumberStorage<T>)other).Items));

    internal override void AddTo(ref HashCode hash) => hash.AddBytes(MemoryMarshal.AsBytes(Items));

    protected override FieldValue ToValue(T item)
    {
        if (typeof(T) == typeof(int))
            return new FieldValue((long)(int)(object)item);
        if (typeof(T) == typeof(long))
            return new FieldValue((long)(object)item);
        if (typeof(T) == typeof(uint))
            return new FieldValue((long)(uint)(object)item);
        if (typeof(T) == typeof(ulong))
            return new FieldValue((long)(ulong)(object)item);
        if (typeof(T) == typeof(bool))
            return FieldValue.Of((bool)(object)item);
        return typeof(T) == typeof(double) ? FieldValue.Of((double)(object)item) : FieldValue.Of((float)(object)item);
    }

    protected override T FromValue(in FieldValue value) => FieldConversion.To<T>(value);
}
