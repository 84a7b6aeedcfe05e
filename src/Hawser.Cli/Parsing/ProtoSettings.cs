namespace Hawser.Cli.Parsing;

/// <summary>What a user said about the messages of a gRPC method: where their schema is, and how they become JSON.</summary>
internal sealed record ProtoSettings
{
    /// <summary>Nothing was said.</summary>
    public static readonly ProtoSettings Default = new();

    /// <summary>The <c>.proto</c> files that hold the schema; none when the server is asked.</summary>
    public IReadOnlyList<string> ProtoFiles { get; init; } = [];

    /// <summary>Where <see cref="ProtoFiles"/> and what they import are looked for.</summary>
    public IReadOnlyList<string> ImportRoots { get; init; } = [];

    /// <summary>The descriptor sets that hold the schema.</summary>
    public IReadOnlyList<string> DescriptorSets { get; init; } = [];

    /// <summary>What the messages are on the wire: <c>proto</c> or <c>json</c>; null for what the server tells.</summary>
    public string? Codec { get; init; }

    /// <summary>Whether fields that are zero or empty are shown.</summary>
    public bool EmitDefaults { get; init; }

    /// <summary>Whether fields have their names in the file instead of lowerCamelCase.</summary>
    public bool UseProtoNames { get; init; }

    /// <summary>Whether the messages are JSON on the wire as well.</summary>
    public bool IsJson => string.Equals(Codec, "json", StringComparison.Ordinal);

    /// <summary>Whether the schema comes from files, so that no server need be asked.</summary>
    public bool HasFiles => ProtoFiles.Count + DescriptorSets.Count > 0;
}
