using Hawser.Transports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser;

/// <summary>Settings of a <see cref="HawserServer"/>; all have defaults.</summary>
public sealed class HawserServerOptions
{
    /// <summary>How typed messages are encoded. JSON with web defaults unless set.</summary>
    public Codec Codec { get; init; } = JsonCodec.Default;

    /// <summary>What one connection may cost.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>How many connections may be open at once; one more is told so and closed. Default 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Whether the text of a handler's unexpected exception goes to the caller. False by default: it may hold secrets.</summary>
    public bool ExposeExceptionDetails { get; init; }

    /// <summary>Whether callers may list and describe the endpoints (<c>hawser list</c>, <c>hawser describe</c>). True by default.</summary>
    public bool Reflection { get; init; } = true;

    /// <summary>What sees every call before its endpoint, in order; none by default.</summary>
    public IReadOnlyList<IServerInterceptor> Interceptors { get; init; } = [];

    /// <summary>The transports that can be listened on, besides the four built in.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [];

    /// <summary>The wires that can be listened on, besides Hawser's own; none by default. <c>[new GrpcWire()]</c> of the package Hawser.Grpc adds <c>grpc://</c> and <c>grpcs://</c>.</summary>
    public IReadOnlyList<Wire> Wires { get; init; } = [];

    /// <summary>Where log entries go; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock behind timeouts, deadlines and keep-alive; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
