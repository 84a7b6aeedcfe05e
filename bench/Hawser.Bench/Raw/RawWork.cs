namespace Hawser.Bench.Raw;

/// <summary>The first byte of a raw connection; a 32-bit size follows it.</summary>
internal enum RawWork : byte
{
    /// <summary>The client sends until it half-closes; the server discards in buffers of the size, then tells how many bytes came.</summary>
    Discard = 1,

    /// <summary>Messages of the size go back as they come, one at a time.</summary>
    PingPong = 2,

    /// <summary>Frames (length, id, payload) go back as they come; the size is the largest payload.</summary>
    FramedEcho = 3,

    /// <summary>The server tells the microseconds of CPU time that it has used so far.</summary>
    CpuTime = 4,
}
