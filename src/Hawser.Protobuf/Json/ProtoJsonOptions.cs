namespace Hawser.Protobuf;

/// <summary>How messages become JSON and JSON becomes messages.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class ProtoJsonOptions
{
    /// <summary>What is used when nothing is given: the canonical form of the protobuf JSON mapping.</summary>
    public static readonly ProtoJsonOptions Default = new();

    /// <summary>Whether fields are written with their names in the file instead of lowerCamelCase (<c>json_name</c>); default false. Both are always read.</summary>
    public bool UseProtoNames { get; init; }

    /// <summary>Whether fields without presence are written even when they are zero or empty; default false. Absent fields with presence never are.</summary>
    public bool IncludeDefaults { get; init; }

    /// <summary>Whether 64-bit integers are written as numbers instead of strings; default false. Both are always read. Beyond 2^53 many JSON readers lose digits.</summary>
    public bool Int64AsNumbers { get; init; }

    /// <summary>Whether enums are written as numbers instead of names; default false. Both are always read.</summary>
    public bool EnumsAsNumbers { get; init; }

    /// <summary>Whether unknown fields and unknown names of enum values are passed over instead of refused when JSON is read; default false.</summary>
    public bool IgnoreUnknownFields { get; init; }

    /// <summary>Whether JSON is written on several lines, two spaces per level; default false.</summary>
    public bool Indented { get; init; }

    /// <summary>How deep messages may nest, both when JSON is read and when it is written; default 100. The lists and objects within a Struct are two messages each, and each level takes stack.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Where the types within <c>google.protobuf.Any</c> are found; default: the well-known types.</summary>
    public ProtoSchema? Types { get; init; }

    internal MessageSchema? FindType(string fullName) =>
        Types?.FindMessage(fullName) ?? ProtoSchema.WellKnownTypes.FindMessage(fullName);
}
