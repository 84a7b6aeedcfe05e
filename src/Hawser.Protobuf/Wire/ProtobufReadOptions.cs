namespace Hawser.Protobuf;

/// <summary>How the bytes of a message are read.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class ProtobufReadOptions
{
    /// <summary>What is used when nothing is given.</summary>
    public static readonly ProtobufReadOptions Default = new();

    /// <summary>How deep messages and groups may nest; default 100, as in protobuf's own implementations. Each level takes stack.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Whether fields that the schema does not know are dropped instead of kept; default false.</summary>
    public bool DiscardUnknownFields { get; init; }
}
