using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>An enum.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class EnumSchema
{
    private readonly Dictionary<int, EnumValueSchema> numbers = [];
    private readonly Dictionary<string, EnumValueSchema> names = new(StringComparer.Ordinal);
    private readonly Dictionary<byte[], EnumValueSchema> namesUtf8 = new(Utf8NameComparer.Instance);
    private readonly Dictionary<byte[], EnumValueSchema>.AlternateLookup<ReadOnlySpan<byte>> lookup;

    internal EnumSchema(FileSchema file, MessageSchema? containingType, EnumDescriptorProto proto)
    {
        Identifiers.Check(proto.Name, file.Name);
        File = file;
        ContainingType = containingType;
        Proto = proto;
        FullName = Identifiers.Join(containingType?.FullName ?? file.Package, proto.Name);
        Features = (containingType?.Features ?? file.Features).With(proto.Options?.Features);
        IsClosed = Features.Enums == FeatureSet.Types.EnumType.Closed;
        WellKnownType = WellKnownShape.Of(FullName);
        Values = [.. proto.Value.Select(value => new EnumValueSchema(this, value))];
        lookup = namesUtf8.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (Values.IsEmpty)
            throw new SchemaException($"{file.Name}: the enum '{FullName}' has no values.");
        foreach (var value in Values)
            Add(value);
    }

    /// <summary>The name within what contains it.</summary>
    public string Name => Proto.Name;

    /// <summary>The name with package and containing types, without a leading dot.</summary>
    public string FullName { get; }

    /// <summary>The file that declares it.</summary>
    public FileSchema File { get; }

    /// <summary>The message that it is declared in, or null at the top level.</summary>
    public MessageSchema? ContainingType { get; }

    /// <summary>The values, in the order of their declaration; at least one.</summary>
    public ImmutableArray<EnumValueSchema> Values { get; }

    /// <summary>Whether numbers without a name are not values, and go to the unknown fields.</summary>
    public bool IsClosed { get; }

    /// <summary>The number of the first value, which a field has that was not set.</summary>
    public int DefaultNumber => Values[0].Number;

    /// <summary><see cref="WellKnownType.NullValue"/> or none.</summary>
    public WellKnownType WellKnownType { get; }

    internal EnumDescriptorProto Proto { get; }

    internal Features Features { get; }

    /// <summary>Finds a value by number.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The value, the first one declared when there are aliases, or null.</returns>
    public EnumValueSchema? FindValue(int number) => numbers.GetValueOrDefault(number);

    /// <summary>Finds a value by name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The value, or null.</returns>
    public EnumValueSchema? FindValue(string name) => names.GetValueOrDefault(name);

    /// <summary>Finds a value by name.</summary>
    /// <param name="utf8">The name, UTF-8.</param>
    /// <returns>The value, or null.</returns>
    public EnumValueSchema? FindValue(ReadOnlySpan<byte> utf8) => lookup.TryGetValue(utf8, out var value) ? value : null;

    /// <inheritdoc/>
    public override string ToString() => FullName;

    private void Add(EnumValueSchema value)
    {
        if (!numbers.TryAdd(value.Number, value) && Proto.Options?.AllowAlias != true)
        {
            throw new SchemaException(
                $"{File.Name}: the values '{numbers[value.Number].Name}' and '{value.Name}' of the enum '{FullName}' both have the number {value.Number}, and allow_alias is not set.");
        }

        if (!names.TryAdd(value.Name, value))
            throw new SchemaException($"{File.Name}: the enum '{FullName}' has the value '{value.Name}' twice.");
        namesUtf8.Add(value.NameUtf8.ToArray(), value);
    }
}
