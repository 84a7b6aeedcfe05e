using System.Collections;

namespace Hawser.Protobuf;

/// <summary>The values of a repeated field of a <see cref="DynamicMessage"/>, live.</summary>
/// <typeparam name="T">The .NET type of one value.</typeparam>
/// <remarks>Bytes and texts are copied in; messages are not. Null, and a message of another type, is an <see cref="ArgumentException"/>.</remarks>
public sealed class DynamicList<T> : IList<T>, IReadOnlyList<T>
{
    private readonly DynamicMessage message;
    private readonly FieldPlan plan;

    internal DynamicList(DynamicMessage message, FieldPlan plan)
    {
        this.message = message;
        this.plan = plan;
    }

    /// <inheritdoc cref="ICollection{T}.Count"/>
    public int Count => Storage?.Count ?? 0;

    /// <summary>False: it can be changed.</summary>
    public bool IsReadOnly => false;

    private RepeatedStorage? Storage => message.TryFind(plan, out var value) ? (RepeatedStorage)value.Reference! : null;

    /// <summary>One of the values.</summary>
    /// <param name="index">Its position, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none at the position.</exception>
    public T this[int index]
    {
        get => FieldConversion.To<T>(At(index).Get(index));
        set => At(index).Set(index, FieldConversion.From(plan, value));
    }

    /// <inheritdoc/>
    public void Add(T item) => Insert(Count, item);

    /// <inheritdoc/>
    public void Insert(int index, T item)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, (uint)Count, nameof(index));
        // Converted first: a value that is refused leaves the message as it was.
        var value = FieldConversion.From(plan, item);
        message.Repeated(plan).Insert(index, value);
    }

    /// <inheritdoc/>
    public void RemoveAt(int index) => At(index).RemoveAt(index);

    /// <inheritdoc/>
    public bool Remove(T item)
    {
        var index = IndexOf(item);
        if (index >= 0)
            RemoveAt(index);
        return index >= 0;
    }

    /// <inheritdoc/>
    public void Clear() => Storage?.Clear();

    /// <inheritdoc/>
    public bool Contains(T item) => IndexOf(item) >= 0;

    /// <inheritdoc/>
    public int IndexOf(T item)
    {
        var comparer = EqualityComparer<T>.Default;
        for (var i = 0; i < Count; i++)
        {
            if (comparer.Equals(this[i], item))
                return i;
        }

        return -1;
    }

    /// <inheritdoc/>
    public void CopyTo(T[] array, int arrayIndex)
    {
        ArgumentNullException.ThrowIfNull(array);
        for (var i = 0; i < Count; i++)
            array[arrayIndex + i] = this[i];
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private RepeatedStorage At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return Storage!;
    }
}
