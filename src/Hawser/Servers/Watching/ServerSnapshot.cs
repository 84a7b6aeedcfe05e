namespace Hawser;

/// <summary>What goes on in a server at one moment. Rates are per second since the snapshot before, and null in the first.</summary>
public sealed record ServerSnapshot
{
    /// <summary>How long ago the server began to be watched by anybody, in seconds: that is what <see cref="CallsEnded"/> and <see cref="CallsFailed"/> are since.</summary>
    public double WatchedSeconds { get; init; }

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount { get; init; }

    /// <summary>Calls either way, on all connections, that have not ended. That of the watcher is one of them.</summary>
    public int CallsInFlight { get; init; }

    /// <summary>Calls of methods that are served, which have ended. Those to another server of the same process count too if it serves a method of the same name.</summary>
    public long CallsEnded { get; init; }

    /// <summary>Those of <see cref="CallsEnded"/> with another status than OK.</summary>
    public long CallsFailed { get; init; }

    /// <summary>How many calls ended per second.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>How many calls ended with another status than OK, per second.</summary>
    public double? FailuresPerSecond { get; init; }

    /// <summary>Bytes sent per second, on all connections that are still open.</summary>
    public double? BytesSentPerSecond { get; init; }

    /// <summary>Bytes received per second, on all connections that are still open.</summary>
    public double? BytesReceivedPerSecond { get; init; }

    /// <summary>The busiest connections, by bytes and calls per second; at most <see cref="WatchRequest.MaxConnections"/>.</summary>
    public IReadOnlyList<ConnectionSnapshot> Connections { get; init; } = [];

    /// <summary>The most called methods; at most <see cref="WatchRequest.MaxMethods"/>.</summary>
    public IReadOnlyList<MethodSnapshot> Methods { get; init; } = [];
}
