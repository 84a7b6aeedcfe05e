namespace Hawser.Frames;

/// <summary>The peer speaks another version of the protocol. Trying again is of no use.</summary>
internal sealed class VersionMismatchException(ushort theirs)
    : IOException($"the peer speaks version {theirs} of the Hawser wire, this side version {Preface.Version}; upgrade the older of the two.");
