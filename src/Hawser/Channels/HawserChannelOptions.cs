using Hawser.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser;

/// <summary>Settings of a <see cref="HawserChannel"/>; all have defaults.</summary>
public sealed class HawserChannelOptions
{
    /// <summary>How typed messages are encoded. JSON with web defaults unless set.</summary>
    public Codec Codec { get; init; } = JsonCodec.Default;

    /// <summary>What one connection may cost.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Certificates and the like.</summary>
    public ClientTransportOptions Transport { get; init; } = new();

    /// <summary>Whether the text of an unexpected exception goes to the server, when the server calls this side's endpoints. False by default.</summary>
    public bool ExposeExceptionDetails { get; init; }

    /// <summary>What sees every call before it is sent, in order; none by default.</summary>
    public IReadOnlyList<IClientInterceptor> Interceptors { get; init; } = [];

    /// <summary>The transports that can be connected over, besides the four built in.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [];

    /// <summary>The wires that can be connected over, besides Hawser's own; none by default. <c>[new GrpcWire()]</c> of the package Hawser.Grpc adds <c>grpc://</c> and <c>grpcs://</c>.</summary>
    public IReadOnlyList<Wire> Wires { get; init; } = [];

    /// <summary>Where log entries go; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock behind timeouts, deadlines and keep-alive; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
