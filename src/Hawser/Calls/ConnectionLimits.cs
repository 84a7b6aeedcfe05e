namespace Hawser;

/// <summary>What one connection may cost and how long it may be silent. Every number bounds what a peer can make this side do.</summary>
/// <remarks>Read when a connection is opened; each side announces its own, and the other obeys. Immutable.</remarks>
public sealed record ConnectionLimits
{
    /// <summary>The largest message accepted, in bytes. Default 4 MiB; range 1…1 GiB. Octets have no such limit.</summary>
    public int MaxMessageSize { get; init => field = InRange(value, 1, 1 << 30, nameof(MaxMessageSize)); } = 4 * 1024 * 1024;

    /// <summary>The most that the metadata, the status text and the details of one call may take on the wire, in bytes each way. Default 16 KiB; range 256…48 KiB.</summary>
    public int MaxMetadataSize { get; init => field = InRange(value, 256, 48 * 1024, nameof(MaxMetadataSize)); } = 16 * 1024;

    /// <summary>How many calls the peer may have in flight on one connection. One more ends with <see cref="StatusCode.ResourceExhausted"/>. Default 10,000; range 1…1,000,000.</summary>
    public int MaxCallsInFlight { get; init => field = InRange(value, 1, 1_000_000, nameof(MaxCallsInFlight)); } = 10_000;

    /// <summary>How many bytes of one call may be on their way or unread. Default 4 MiB; range 64 KiB…1 GiB. A longer way needs more: bandwidth × round trip.</summary>
    public int CallWindow { get; init => field = InRange(value, 64 * 1024, 1 << 30, nameof(CallWindow)); } = 4 * 1024 * 1024;

    /// <summary>How many bytes of all calls together may be on their way or unread. Default 16 MiB; range 64 KiB…1 GiB.</summary>
    public int ConnectionWindow { get; init => field = InRange(value, 64 * 1024, 1 << 30, nameof(ConnectionWindow)); } = 16 * 1024 * 1024;

    /// <summary>
    /// How many bytes of messages that are still arriving, beyond the windows, one connection may hold. A call that would need more ends with
    /// <see cref="StatusCode.ResourceExhausted"/>. Default 64 MiB; range 1 MiB…2 GiB−1.
    /// </summary>
    public int MaxAssemblySize { get; init => field = InRange(value, 1 << 20, int.MaxValue, nameof(MaxAssemblySize)); } = 64 * 1024 * 1024;

    /// <summary>How long the resolution of the name, connecting to one of its addresses, TLS and the hello may take together. Default 10 s; range 1 ms…1 d.</summary>
    public TimeSpan HandshakeTimeout { get; init => field = InRange(value, nameof(HandshakeTimeout)); } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without any call in flight a connection is closed. Default: never (null); range 1 ms…1 d.</summary>
    public TimeSpan? IdleTimeout { get; init => field = value is { } time ? InRange(time, nameof(IdleTimeout)) : null; }

    /// <summary>
    /// After how much silence of the peer it is pinged, give or take: either side may ping half of it later, a server half of it sooner, so that the server is first and asks many at once.
    /// Default 15 s; null never pings; range 1 ms…1 d. Bulk in either direction delays no ping.
    /// </summary>
    public TimeSpan? KeepAliveInterval { get; init => field = value is { } time ? InRange(time, nameof(KeepAliveInterval)) : null; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after a ping any sign of life may be awaited before the connection is given up. Default 20 s; range 1 ms…1 d. Every byte that arrives restarts it.</summary>
    public TimeSpan KeepAliveTimeout { get; init => field = InRange(value, nameof(KeepAliveTimeout)); } = TimeSpan.FromSeconds(20);

    private static int InRange(int value, int low, int high, string name) => value >= low && value <= high
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {low}…{high}.");

    private static TimeSpan InRange(TimeSpan value, string name) => value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(1)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 1 ms…1 d.");
}
