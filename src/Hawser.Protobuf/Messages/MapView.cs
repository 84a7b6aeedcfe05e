using System.Collections;

namespace Hawser.Protobuf;

/// <summary>Maps as objects.</summary>
internal static class MapView
{
    internal static object Of(DynamicMessage message, FieldPlan plan) => plan.MapKey.Kind switch
    {
        FieldKind.String => WithKey<string>(message, plan),
        FieldKind.Bool => WithKey<bool>(message, plan),
        FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64 => WithKey<long>(message, plan),
        FieldKind.UInt64 or FieldKind.Fixed64 => WithKey<ulong>(message, plan),
        FieldKind.UInt32 or FieldKind.Fixed32 => WithKey<uint>(message, plan),
        _ => WithKey<int>(message, plan),
    };

    internal static void Set(DynamicMessage message, FieldPlan plan, object entries)
    {
        var storage = new MapStorage(plan);
        foreach (var entry in EntriesOf(plan, entries))
        {
            var value = FieldConversion.FromObject(plan.MapValue, entry.Value
                ?? throw new ArgumentException($"The map '{plan.Schema.FullName}' cannot hold null.", nameof(entries)));
            storage.GetOrAdd(FieldConversion.FromObject(plan.MapKey, entry.Key), out _) = value;
        }

        message.Prepare(plan) = new FieldValue(storage);
    }

    private static IEnumerable<DictionaryEntry> EntriesOf(FieldPlan plan, object entries)
    {
        if (entries is IMapEntries map)
            return map.Entries;
        return entries is IDictionary dictionary
            ? EntriesOf(dictionary)
            : throw new ArgumentException($"The map '{plan.Schema.FullName}' takes a dictionary, not {entries.GetType().Name}.", nameof(entries));
    }

    private static IEnumerable<DictionaryEntry> EntriesOf(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary)
            yield return entry;
    }

    private static object WithKey<TKey>(DynamicMessage message, FieldPlan plan)
        where TKey : notnull => plan.MapValue.Kind switch
    {
        FieldKind.Double => new DynamicMap<TKey, double>(message, plan),
        FieldKind.Float => new DynamicMap<TKey, float>(message, plan),
        FieldKind.Int64 or FieldKind.SFixed64 or FieldKind.SInt64 => new DynamicMap<TKey, long>(message, plan),
        FieldKind.UInt64 or FieldKind.Fixed64 => new DynamicMap<TKey, ulong>(message, plan),
        FieldKind.Int32 or FieldKind.SFixed32 or FieldKind.SInt32 or FieldKind.Enum => new DynamicMap<TKey, int>(message, plan),
        FieldKind.UInt32 or FieldKind.Fixed32 => new DynamicMap<TKey, uint>(message, plan),
        FieldKind.Bool => new DynamicMap<TKey, bool>(message, plan),
        FieldKind.String => new DynamicMap<TKey, string>(message, plan),
        FieldKind.Bytes => new DynamicMap<TKey, ReadOnlyMemory<byte>>(message, plan),
        _ => new DynamicMap<TKey, DynamicMessage>(message, plan),
    };
}
