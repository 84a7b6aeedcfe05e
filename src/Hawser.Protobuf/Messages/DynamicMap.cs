using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Hawser.Protobuf;

/// <summary>The entries of a map of a <see cref="DynamicMessage"/>, live, in the order in which their keys first came.</summary>
/// <typeparam name="TKey">The .NET type of the keys.</typeparam>
/// <typeparam name="TValue">The .NET type of the values.</typeparam>
/// <remarks>Bytes and texts are copied in; messages are not. Null, and a message of another type, is an <see cref="ArgumentException"/>.</remarks>
[SuppressMessage("Naming", "CA1710", Justification = "A map is what protobuf calls it.")]
public sealed class DynamicMap<TKey, TValue> : IDictionary<TKey, TValue>, IReadOnlyDictionary<TKey, TValue>, IMapEntries
    where TKey : notnull
{
    private readonly DynamicMessage message;
    private readonly FieldPlan plan;

    internal DynamicMap(DynamicMessage message, FieldPlan plan)
    {
        this.message = message;
        this.plan = plan;
    }

    /// <inheritdoc cref="ICollection{T}.Count"/>
    public int Count => Storage?.Count ?? 0;

    /// <summary>False: it can be changed.</summary>
    public bool IsReadOnly => false;

    /// <summary>The keys, as they are now.</summary>
    public ICollection<TKey> Keys => this.Select(entry => entry.Key).ToArray();

    /// <summary>The values, as they are now.</summary>
    public ICollection<TValue> Values => this.Select(entry => entry.Value).ToArray();

    IEnumerable<TKey> IReadOnlyDictionary<TKey, TValue>.Keys => Keys;

    IEnumerable<TValue> IReadOnlyDictionary<TKey, TValue>.Values => Values;

    IEnumerable<DictionaryEntry> IMapEntries.Entries => this.Select(entry => new DictionaryEntry(entry.Key, entry.Value));

    private MapStorage? Storage => message.TryFind(plan, out var value) ? (MapStorage)value.Reference! : null;

    /// <summary>The value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="KeyNotFoundException">The map does not have the key.</exception>
    public TValue this[TKey key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The map '{plan.Schema.FullName}' has no key '{key}'.");
        set
        {
            var converted = FieldConversion.From(plan.MapValue, value);
            message.Map(plan).GetOrAdd(FieldConversion.From(plan.MapKey, key), out _) = converted;
        }
    }

    /// <inheritdoc/>
    public void Add(TKey key, TValue value)
    {
        if (ContainsKey(key))
            throw new ArgumentException($"The map '{plan.Schema.FullName}' has the key '{key}' already.", nameof(key));
        this[key] = value;
    }

    /// <inheritdoc cref="IDictionary{TKey, TValue}.ContainsKey"/>
    public bool ContainsKey(TKey key) => Storage is { } storage && storage.Find(FieldConversion.From(plan.MapKey, key)) >= 0;

    /// <inheritdoc cref="IDictionary{TKey, TValue}.TryGetValue"/>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (Storage is { } storage)
        {
            var position = storage.Find(FieldConversion.From(plan.MapKey, key));
            if (position >= 0)
            {
                value = FieldConversion.To<TValue>(storage.Value(position));
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public bool Remove(TKey key) => Storage is { } storage && storage.Remove(FieldConversion.From(plan.MapKey, key));

    /// <inheritdoc/>
    public void Clear() => Storage?.Clear();

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return EntryAt(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<TKey, TValue>>.Add(KeyValuePair<TKey, TValue> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<TKey, TValue>>.Contains(KeyValuePair<TKey, TValue> item) =>
        TryGetValue(item.Key, out var value) && EqualityComparer<TValue>.Default.Equals(value, item.Value);

    bool ICollection<KeyValuePair<TKey, TValue>>.Remove(KeyValuePair<TKey, TValue> item) =>
        ((ICollection<KeyValuePair<TKey, TValue>>)this).Contains(item) && Remove(item.Key);

    void ICollection<KeyValuePair<TKey, TValue>>.CopyTo(KeyValuePair<TKey, TValue>[] array, int arrayIndex)
    {
        ArgumentNullException.ThrowIfNull(array);
        for (var i = 0; i < Count; i++)
            array[arrayIndex + i] = EntryAt(i);
    }

    private KeyValuePair<TKey, TValue> EntryAt(int position)
    {
        ref readonly var entry = ref Storage!.Entries[position];
        return new(FieldConversion.To<TKey>(entry.Key), FieldConversion.To<TValue>(entry.Value));
    }
}
