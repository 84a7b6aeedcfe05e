namespace Hawser.Cli.Parsing;

/// <summary>What a user wants to see of a schema.</summary>
internal sealed record DescribeSettings
{
    /// <summary>What is described; null for every service.</summary>
    public string? Symbol { get; init; }

    /// <summary>Whether messages are shown as JSON Schema.</summary>
    public bool JsonSchema { get; init; }

    /// <summary>Whether a message is shown as JSON to fill in.</summary>
    public bool Template { get; init; }

    /// <summary>Where <c>.proto</c> files are written; null for nowhere.</summary>
    public string? ProtoDirectory { get; init; }

    /// <summary>Where a descriptor set is written; null for nowhere.</summary>
    public string? DescriptorSetFile { get; init; }

    /// <summary>Whether files are wanted.</summary>
    public bool IsExport => ProtoDirectory is not null || DescriptorSetFile is not null;
}
