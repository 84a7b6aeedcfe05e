namespace Hawser.Conformance.Calls;

/// <summary>What a test may say about its server and its channel; the rest is as in production.</summary>
public sealed record PeerSettings
{
    /// <summary>Those of production, but with time for a handshake on a machine that has much else to do.</summary>
    private static readonly ConnectionLimits Patient = new() { HandshakeTimeout = HangTime };

    public ConnectionLimits ServerLimits { get; init; } = Patient;

    public ConnectionLimits ChannelLimits { get; init; } = Patient;

    public TimeProvider ServerTime { get; init; } = TimeProvider.System;

    public TimeProvider ChannelTime { get; init; } = TimeProvider.System;

    public IReadOnlyList<IServerInterceptor> ServerInterceptors { get; init; } = [];

    public IReadOnlyList<IClientInterceptor> ChannelInterceptors { get; init; } = [];

    public bool ExposesExceptionDetails { get; init; }

    public int MaxConnections { get; init; } = 20_000;

    public int? MaxConnectionsPerAddress { get; init; }

    public double? MaxAcceptRate { get; init; }

    public int AcceptBurst { get; init; } = 100;

    public Func<Connection, CancellationToken, ValueTask<Status>>? ConnectionOpening { get; init; }

    public Func<Connection, Status, ValueTask>? ConnectionClosed { get; init; }

    public bool SerialHandlers { get; init; }

    public bool ChannelSerialHandlers { get; init; }

    public OutboxOptions Outbox { get; init; } = new();

    /// <summary>The same limits on both sides.</summary>
    public static PeerSettings With(ConnectionLimits limits) => new() { ServerLimits = limits, ChannelLimits = limits };

    /// <summary>The same clock on both sides.</summary>
    public static PeerSettings With(TimeProvider time, ConnectionLimits? limits = null) =>
        With(limits ?? new ConnectionLimits()) with { ServerTime = time, ChannelTime = time };
}
