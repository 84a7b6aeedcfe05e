using Hawser.Grpc.Protocol;

namespace Hawser.Grpc;

/// <summary>How gRPC calls are made, beyond what <see cref="HawserChannelOptions"/> says for every wire. Immutable.</summary>
public sealed record GrpcClientOptions
{
    /// <summary>
    /// The most connections to one server: another is opened when all open ones have as many calls in flight as the server takes on one connection. Calls that
    /// find no room wait for it. Default 4; range 1…100.
    /// </summary>
    public int MaxConnections
    {
        get;
        init => field = value is >= 1 and <= 100 ? value : throw new ArgumentOutOfRangeException(nameof(MaxConnections), value, "MaxConnections must be 1…100.");
    } = 4;

    /// <summary>
    /// What requests are compressed with: <c>gzip</c>, <c>deflate</c>, or null, the default, for nothing. <see cref="WriteFlags.NoCompress"/> leaves one message
    /// as it is. Replies are decompressed whatever this says.
    /// </summary>
    /// <exception cref="ArgumentException">No such compression is known.</exception>
    public string? Compression
    {
        get;
        init => field = Protocol.Compression.TryFind(value, out var encoding)
            ? encoding?.Name
            : throw new ArgumentException($"The compression '{value}' is not known; known are {Protocol.Compression.Accepted}.", nameof(Compression));
    }

    /// <summary>When and how often a failed call is tried again; null, the default, for never. What a server certainly did not begin is tried again in any case.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>
    /// Whether calls wait while the server cannot be reached, until their deadline, instead of failing at once. False by default. Set a
    /// <see cref="CallOptions.Timeout"/> with it: a call without one waits for ever.
    /// </summary>
    public bool WaitForReady { get; init; }

    /// <summary>
    /// The shortest <see cref="ConnectionLimits.KeepAliveInterval"/> that is used for gRPC: servers of other makes hang up on clients that ping more often than every
    /// five minutes, unless they are told otherwise. Default 5 min; range 1 s…1 d. Pings are sent while calls are in flight only.
    /// </summary>
    public TimeSpan MinKeepAliveInterval
    {
        get;
        init => field = value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromDays(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MinKeepAliveInterval), value, "MinKeepAliveInterval must be 1 s…1 d.");
    } = TimeSpan.FromMinutes(5);

    internal MessageEncoding? Encoding => Protocol.Compression.TryFind(Compression, out var encoding) ? encoding : null;
}
