using Hawser.Transports;

namespace Hawser;

/// <summary>Settings of <see cref="RawConnection.ConnectAsync"/>; all have defaults.</summary>
public sealed class RawConnectOptions
{
    /// <summary>Certificates and the like. Over TLS and QUIC the protocol <c>hawser/1</c> is asked for (ALPN) unless others are named in it: name your own.</summary>
    public ClientTransportOptions Transport { get; init; } = new();

    /// <summary>How long connecting and TLS may take together. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The transports that can be connected over, besides those built in.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [];

    /// <summary>The clock behind the timeout; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>Settings of <see cref="HawserServer.ListenRawAsync"/>; all have defaults.</summary>
public sealed class RawListenOptions
{
    /// <summary>Certificates and the like. Over TLS and QUIC the protocol <c>hawser/1</c> is required (ALPN) unless others are named in it: name your own.</summary>
    public ServerTransportOptions Transport { get; init; } = new();

    /// <summary>How long TLS may take. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many raw connections this address may have at once; one more is closed at once. Default 1,000.</summary>
    public int MaxConnections { get; init; } = 1_000;
}
