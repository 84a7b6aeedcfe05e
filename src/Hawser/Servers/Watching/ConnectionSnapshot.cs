namespace Hawser;

/// <summary>One connection of a server at one moment. Rates are per second since the snapshot before, and null in the first that shows the connection.</summary>
public sealed record ConnectionSnapshot
{
    /// <summary>Tells the connection from all others of the same server, also from those that had the same address before.</summary>
    public long Id { get; init; }

    /// <summary>Where the peer is.</summary>
    public required string RemoteAddress { get; init; }

    /// <summary>The scheme of the address that it came to: <c>tcp</c>, <c>tls</c>, <c>unix</c>, <c>quic</c>, <c>grpc</c>…</summary>
    public required string Scheme { get; init; }

    /// <summary>Whether this is the connection of the one who watches.</summary>
    public bool IsWatcher { get; init; }

    /// <summary>How long ago it was made, in seconds; null where the wire does not tell.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Calls that the peer started.</summary>
    public long CallsServed { get; init; }

    /// <summary>Calls that the server started.</summary>
    public long CallsStarted { get; init; }

    /// <summary>Calls either way that have not ended.</summary>
    public int CallsInFlight { get; init; }

    /// <summary>How many calls either way were started per second.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes sent per second.</summary>
    public double? BytesSentPerSecond { get; init; }

    /// <summary>Bytes received per second.</summary>
    public double? BytesReceivedPerSecond { get; init; }

    /// <summary>The round trip of the last keep-alive ping in milliseconds; null before the first, and where the wire does not tell.</summary>
    public double? RoundTripMilliseconds { get; init; }
}
