namespace Hawser.Conformance.Calls;

/// <summary>What a test may say about its server and its channel; the rest is as in production.</summary>
public sealed record PeerSettings
{
    public ConnectionLimits ServerLimits { get; init; } = new();

    public ConnectionLimits ChannelLimits { get; init; } = new();

    public TimeProvider ServerTime { get; init; } = TimeProvider.System;

    public TimeProvider ChannelTime { get; init; } = TimeProvider.System;

    public IReadOnlyList<IServerInterceptor> ServerInterceptors { get; init; } = [];

    public IReadOnlyList<IClientInterceptor> ChannelInterceptors { get; init; } = [];

    public bool ExposesExceptionDetails { get; init; }

    public int MaxConnections { get; init; } = 20_000;

    /// <summary>The same limits on both sides.</summary>
    public static PeerSettings With(ConnectionLimits limits) => new() { ServerLimits = limits, ChannelLimits = limits };

    /// <summary>The same clock on both sides.</summary>
    public static PeerSettings With(TimeProvider time, ConnectionLimits? limits = null) =>
        With(limits ?? new ConnectionLimits()) with { ServerTime = time, ChannelTime = time };
}
