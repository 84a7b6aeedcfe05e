namespace Hawser;

/// <summary>Hints for one write of a message, in gRPC's words.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>Send now.</summary>
    None = 0,

    /// <summary>More follows at once: the message may wait in the buffer until the next write without this hint, or until the buffer is full.</summary>
    BufferHint = 1,

    /// <summary>Do not compress this message, on a wire that compresses; Hawser's own frames ignore it.</summary>
    NoCompress = 2,
}
