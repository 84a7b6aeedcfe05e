namespace Hawser.Protobuf;

/// <summary>How a message is written as bytes.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class ProtobufWriteOptions
{
    /// <summary>What is used when nothing is given.</summary>
    public static readonly ProtobufWriteOptions Default = new();

    /// <summary>
    /// Whether equal messages are written as equal bytes: the entries of maps in the order of their keys, instead of the order in which they came. Unknown fields keep
    /// theirs. Default false.
    /// </summary>
    public bool Deterministic { get; init; }
}
