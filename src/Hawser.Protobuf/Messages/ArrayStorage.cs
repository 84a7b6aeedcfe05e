using System.Runtime.CompilerServices;

namespace Hawser.Protobuf;

/// <summary>A growing array of the values of a repeated field.</summary>
/// <typeparam name="T">How one value is held.</typeparam>
internal abstract class ArrayStorage<T> : RepeatedStorage
{
    private const int FirstCapacity = 4;

    private T[] items = [];

    internal ReadOnlySpan<T> Items => new(items, 0, Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(T item)
    {
        var array = items;
        var count = Count;
        if ((uint)count < (uint)array.Length)
        {
            array[count] = item;
            Count = count + 1;
        }
        else
        {
            AddSlowly(item);
        }
    }

    /// <summary>Room for values at the end, to be filled by the caller.</summary>
    internal Span<T> Extend(int count)
    {
        var start = Count;
        Reserve(count);
        Count = start + count;
        return items.AsSpan(start, count);
    }

    internal override void Reserve(int more)
    {
        if (items.Length - Count < more)
            Array.Resize(ref items, (int)Math.Min(Array.MaxLength, Math.Max((long)Count + more, Count * 2L)));
    }

    internal override void RemoveAt(int index)
    {
        Array.Copy(items, index + 1, items, index, Count - index - 1);
        items[--Count] = default!;
    }

    internal override void Clear()
    {
        items = [];
        Count = 0;
    }

    internal override FieldValue Get(int index) => ToValue(Items[index]);

    internal override void Set(int index, in FieldValue value) => items[index] = FromValue(value);

    internal override void Insert(int index, in FieldValue value)
    {
        Reserve(1);
        Array.Copy(items, index, items, index + 1, Count - index);
        items[index] = FromValue(value);
        Count++;
    }

    protected abstract FieldValue ToValue(T item);

    protected abstract T FromValue(in FieldValue value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddSlowly(T item)
    {
        Array.Resize(ref items, (int)Math.Min(Array.MaxLength, Math.Max(FirstCapacity, Count * 2L)));
        items[Count++] = item;
    }
}
