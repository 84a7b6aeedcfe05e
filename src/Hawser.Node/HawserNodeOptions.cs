using Hawser.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Node;

/// <summary>Settings of a <see cref="HawserNode"/>; all have defaults.</summary>
public sealed class HawserNodeOptions
{
    /// <summary>Where a node takes calls over Hawser's own wire unless told otherwise.</summary>
    public const string DefaultListenAddress = "tcp://127.0.0.1:4772";

    /// <summary>Where a node takes calls over gRPC unless told otherwise.</summary>
    public const string DefaultGrpcListenAddress = "grpc://127.0.0.1:4770";

    /// <summary>Where to listen, in order; <see cref="DefaultListenAddress"/> and <see cref="DefaultGrpcListenAddress"/> by default.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [DefaultListenAddress, DefaultGrpcListenAddress];

    /// <summary>The directory that belongs to the node. It must exist; null, the default, when there is none.</summary>
    public string? Directory { get; init; }

    /// <summary>Certificates for <c>tls://</c>, <c>quic://</c> and <c>grpcs://</c> addresses.</summary>
    public ServerTransportOptions Transport { get; init; } = new();

    /// <summary>Allows <c>tcp://</c> and <c>grpc://</c> addresses that other machines can reach, where everybody on the way can read and change the calls. False by default.</summary>
    public bool InsecureListenBeyondLoopback { get; init; }

    /// <summary>Whether callers may watch the node (<c>hawser watch</c>): they learn the addresses of all who are connected. True by default.</summary>
    public bool Watch { get; init; } = true;

    /// <summary>Transports beside the built-in ones or in their stead, for tests.</summary>
    internal IReadOnlyList<Transport> Transports { get; init; } = [];

    /// <summary>Where log entries go; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock behind deadlines and keep-alive; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
