namespace Hawser.Protobuf;

/// <summary>How much <c>.proto</c> text one compilation takes; beyond it, adding is a <see cref="SchemaException"/> that names the limit.</summary>
public sealed record ProtoSourceLimits
{
    /// <summary>The defaults.</summary>
    public static readonly ProtoSourceLimits Default = new();

    /// <summary>The most files, imports included; of a zip, the most entries. 10,000 by default.</summary>
    public int MaxFiles { get; init; } = 10_000;

    /// <summary>The most bytes of one file, unpacked. 4 MiB by default.</summary>
    public int MaxFileBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The most bytes of all files together, unpacked; also the most of a zip, packed. 64 MiB by default.</summary>
    public int MaxTotalBytes { get; init; } = 64 * 1024 * 1024;
}
