using System.Runtime.InteropServices;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>Finds the fields of one message by number, name and JSON name.</summary>
internal sealed class FieldIndex
{
    internal static readonly FieldIndex Empty = new();

    // Numbers up to here are an array's indices even when most are unused; beyond it at least every fourth must be used.
    private const int AlwaysDense = 64;

    private readonly FieldSchema?[] dense;
    private readonly Dictionary<int, FieldSchema> sparse = [];
    private readonly Dictionary<string, FieldSchema> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FieldSchema> jsonNames = new(StringComparer.Ordinal);
    private readonly Dictionary<byte[], FieldSchema> jsonNamesUtf8 = new(Utf8NameComparer.Instance);
    private readonly Dictionary<byte[], FieldSchema>.AlternateLookup<ReadOnlySpan<byte>> jsonLookup;

    internal FieldIndex(MessageSchema message)
    {
        jsonLookup = jsonNamesUtf8.GetAlternateLookup<ReadOnlySpan<byte>>();
        var largest = Math.Max(AlwaysDense, message.Fields.Length * 4);
        dense = new FieldSchema?[message.Fields.Where(field => field.Number <= largest).Select(field => field.Number + 1).DefaultIfEmpty().Max()];
        foreach (var field in message.Fields)
        {
            AddNumber(message, field);
            names.Add(field.Name, field);
        }

        foreach (var field in message.Fields)
            AddJsonName(message, field);
        foreach (var field in message.Fields)
        {
            // A JSON name wins over another field's name in the file.
            if (jsonNames.TryAdd(field.Name, field))
                jsonNamesUtf8.Add(field.NameUtf8.ToArray(), field);
        }
    }

    private FieldIndex()
    {
        dense = [];
        jsonLookup = jsonNamesUtf8.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    internal FieldSchema? Find(int number)
    {
        var array = dense;
        return (uint)number < (uint)array.Length ? array[number] : sparse.GetValueOrDefault(number);
    }

    internal FieldSchema? Find(string name) => names.GetValueOrDefault(name);

    internal FieldSchema? FindByJson(string name) => jsonNames.GetValueOrDefault(name);

    internal FieldSchema? FindByJson(ReadOnlySpan<byte> utf8) => jsonLookup.TryGetValue(utf8, out var field) ? field : null;

    private void AddNumber(MessageSchema message, FieldSchema field)
    {
        ref var place = ref field.Number < dense.Length
            ? ref dense[field.Number]
            : ref CollectionsMarshal.GetValueRefOrAddDefault(sparse, field.Number, out _);
        if (place is not null)
            throw new SchemaException($"{message.File.Name}: the fields '{place.Name}' and '{field.Name}' of '{message.FullName}' both have the number {field.Number}.");
        place = field;
    }

    private void AddJsonName(MessageSchema message, FieldSchema field)
    {
        if (jsonNames.TryAdd(field.JsonName, field))
            jsonNamesUtf8.Add(field.JsonNameUtf8.ToArray(), field);
        else if (message.Features.Json == FeatureSet.Types.JsonFormat.Allow)
        {
            throw new SchemaException(
                $"{message.File.Name}: the fields '{jsonNames[field.JsonName].Name}' and '{field.Name}' of '{message.FullName}' both have the JSON name '{field.JsonName}'.");
        }
    }
}
