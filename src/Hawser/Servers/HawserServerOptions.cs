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

    /// <summary>How many connections may be open at once, over all listeners but raw ones (<see cref="RawListenOptions.MaxConnections"/>); one more is told so and closed. Default 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>
    /// How many connections one remote address may have open at once; one more is told so and closed. An IPv6 address counts with its whole /64; peers without an address (Unix sockets, in-process) are not
    /// counted, nor raw connections. Default: no limit (null), since one address may be that of a proxy or a network with thousands of clients behind it. At least 1.
    /// </summary>
    public int? MaxConnectionsPerAddress
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxConnectionsPerAddress), value, "MaxConnectionsPerAddress must be at least 1.");
    }

    /// <summary>
    /// How many connections are accepted per second in the long run, over all listeners but raw ones; more wait in the listener's backlog (<see cref="ServerTransportOptions.Backlog"/>), beyond which the system refuses them.
    /// Default: no limit (null). Range 0.001…1,000,000.
    /// </summary>
    public double? MaxAcceptRate
    {
        get;
        init => field = value is null or (>= 0.001 and <= 1_000_000) ? value : throw new ArgumentOutOfRangeException(nameof(MaxAcceptRate), value, "MaxAcceptRate must be 0.001…1,000,000.");
    }

    /// <summary>How many connections are accepted at once after a quiet time, before <see cref="MaxAcceptRate"/> counts. Default 100; range 1…1,000,000.</summary>
    public int AcceptBurst
    {
        get;
        init => field = value is >= 1 and <= 1_000_000 ? value : throw new ArgumentOutOfRangeException(nameof(AcceptBurst), value, "AcceptBurst must be 1…1,000,000.");
    } = 100;

    /// <summary>
    /// Asked for every connection before any of its calls is served: any status but <see cref="Status.Ok"/> refuses it, and so does an exception; the client's calls then fail with that status. Runs on the
    /// connection's serial context (<see cref="Connection.Post"/>), while others go on. The token fires after <see cref="ConnectionLimits.HandshakeTimeout"/>, and when the link is lost or the server stops; the
    /// connection is refused then. Null, the default, accepts all.
    /// </summary>
    /// <remarks>Push, join groups, add items and endpoints, start timers here as you like; calls to the client work once the connection is open. What was begun for a connection that is refused is for the callback to undo.</remarks>
    public Func<Connection, CancellationToken, ValueTask<Status>>? ConnectionOpening { get; init; }

    /// <summary>
    /// Called for every connection that was accepted, exactly once, when it has ended and the last handler of its calls has, too; the status says why it ended. Runs on the connection's serial context, before
    /// what belongs to the connection is let go. Not called for one that was refused. An exception is logged. None by default.
    /// </summary>
    /// <remarks>A server that stops waits for these callbacks, for at most five seconds.</remarks>
    public Func<Connection, Status, ValueTask>? ConnectionClosed { get; init; }

    /// <summary>
    /// Whether handlers with at most one message each way run on the serial context of their connection: one at a time, in the order in which their calls arrive, each until its task has ended. Streams and
    /// octets are not serialized, since they last; they may use <see cref="Connection.InvokeAsync(Func{ValueTask})"/>. False by default: handlers run at the same time.
    /// </summary>
    /// <remarks>A handler that calls its client back, and is called by it in turn before it gets its answer, waits for itself until a deadline passes. Over gRPC calls have no order to be kept.</remarks>
    public bool SerialHandlers { get; init; }

    /// <summary>How much is queued for slow clients, and what happens beyond it.</summary>
    public OutboxOptions Outbox { get; init; } = OutboxOptions.Default;

    /// <summary>Whether the text of a handler's unexpected exception goes to the caller. False by default: it may hold secrets.</summary>
    public bool ExposeExceptionDetails { get; init; }

    /// <summary>Whether callers may list and describe the endpoints (<c>hawser list</c>, <c>hawser describe</c>). True by default.</summary>
    public bool Reflection { get; init; } = true;

    /// <summary>What sees every call before its endpoint, in order; none by default.</summary>
    public IReadOnlyList<IServerInterceptor> Interceptors { get; init; } = [];

    /// <summary>The transports that can be listened on, besides the built-in ones.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [];

    /// <summary>The wires that can be listened on, besides Hawser's own; none by default. <c>[new GrpcWire()]</c> of the package Hawser.Grpc adds <c>grpc://</c> and <c>grpcs://</c>.</summary>
    public IReadOnlyList<Wire> Wires { get; init; } = [];

    /// <summary>
    /// Checks the metadata that a client sends in the place of what it said of itself when it connected: renewed credentials, for instance. Returning accepts it as <see cref="Connection.PeerMetadata"/>; until then the old
    /// counts. Throwing closes the connection: with the status of an <see cref="RpcException"/>, otherwise with <see cref="StatusCode.Unauthenticated"/>. Called once at a time for each connection; null, the default, accepts all.
    /// </summary>
    public Func<Connection, Metadata, CancellationToken, ValueTask>? ConnectionMetadataChanged { get; init; }

    /// <summary>Where log entries go; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock behind timeouts, deadlines and keep-alive; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
