namespace Hawser.Protobuf;

/// <summary>The parts that few messages have.</summary>
internal sealed class MessageExtras
{
    /// <summary>Presence of the slots from 64 on.</summary>
    internal ulong[]? Presence;

    internal UnknownFieldBuffer Unknown;
}
