using System.Collections.Frozen;
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

    /// <summary>How the channel comes back after its connection was lost or could not be made.</summary>
    public ReconnectOptions Reconnect { get; init; } = new();

    /// <summary>Which of several servers gets a call; the first that answers, <see cref="LoadBalancing.PickFirst"/>, by default.</summary>
    public LoadBalancing LoadBalancing { get; init; }

    /// <summary>Who finds the addresses of hosts; the operating system by default.</summary>
    public INameResolver NameResolver { get; init; } = SystemNameResolver.Instance;

    /// <summary>
    /// Called when a connection has been opened, before any call of the channel uses it; calls may be made on the connection itself. Throwing an <see cref="RpcException"/> refuses the connection, which then
    /// counts as a failed attempt with that status. Once per connection, on any thread, the next one not before the last has been closed, except when a server is left that goes away. The token fires
    /// when the channel is disposed or reset.
    /// </summary>
    /// <remarks>
    /// Over gRPC it is called before anything of HTTP/2 is said, so a call on the connection from within it fails (<see cref="StatusCode.FailedPrecondition"/>, not run); and a channel may have
    /// several connections at once, each of which is shown.
    /// </remarks>
    public Func<Connection, CancellationToken, ValueTask>? ConnectionOpened { get; init; }

    /// <summary>
    /// Called when a connection has ended, after the last of its calls has: exactly once for each time that <see cref="ConnectionOpened"/> was, or would have been, called. May choose when the next attempt
    /// is made (<see cref="ConnectionEnd.Delay"/>). Must not block; what it throws is logged.
    /// </summary>
    /// <remarks>Over gRPC it does not wait for the connection's calls, since HTTP does not tell which they are: they fail at about the same time.</remarks>
    public Action<ConnectionEnd>? ConnectionClosed { get; init; }

    /// <summary>Called when the channel has been disposed and everything else has been called: exactly once, and last. What it throws is logged.</summary>
    public Action? Closed { get; init; }

    /// <summary>Whether the text of an unexpected exception goes to the server, when the server calls this side's endpoints. False by default.</summary>
    public bool ExposeExceptionDetails { get; init; }

    /// <summary>
    /// What the channel does for the calls of a method: retries, hedging, a default deadline. Keys are <c>Service/Method</c>, <c>Service/*</c> or <c>*</c>; the most
    /// specific one counts, alone. None by default.
    /// </summary>
    public IReadOnlyDictionary<string, MethodPolicy> Methods { get; init; } = FrozenDictionary<string, MethodPolicy>.Empty;

    /// <summary>
    /// Whether this side's own endpoints, which the server calls, run one at a time for each connection, in the order in which the calls arrive: those with at most one message each way, as
    /// <see cref="HawserServerOptions.SerialHandlers"/> says. False by default.
    /// </summary>
    public bool SerialHandlers { get; init; }

    /// <summary>What sees every call before it is sent, in order; none by default.</summary>
    public IReadOnlyList<IClientInterceptor> Interceptors { get; init; } = [];

    /// <summary>The transports that can be connected over, besides the built-in ones.</summary>
    public IReadOnlyList<Transport> Transports { get; init; } = [];

    /// <summary>The wires that can be connected over, besides Hawser's own; none by default. <c>[new GrpcWire()]</c> of the package Hawser.Grpc adds <c>grpc://</c> and <c>grpcs://</c>.</summary>
    public IReadOnlyList<Wire> Wires { get; init; } = [];

    /// <summary>
    /// What gives every connection its credentials: asked before each is made, sent with its hello, and renewed on the living connection before they expire or by <see cref="HawserChannel.RefreshCredentialsAsync"/>.
    /// The server finds them in <see cref="Connection.PeerMetadata"/>. None by default; not over gRPC.
    /// </summary>
    public CredentialsProvider? ConnectionCredentials { get; init; }

    /// <summary>
    /// What gives every call of the channel its credentials, as metadata: asked when the first call needs them, and again before they expire. A key that a call's own metadata has is left to it. Calls by
    /// the object that <see cref="HawserChannel.OpenAsync"/> gives have none. None by default.
    /// </summary>
    public CredentialsProvider? CallCredentials { get; init; }

    /// <summary>Whether credentials may be sent where everybody on the way can read them: over <c>tcp://</c> and <c>grpc://</c> beyond this machine. False by default.</summary>
    public bool AllowCredentialsWithoutTls { get; init; }

    /// <summary>Where log entries go; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock behind timeouts, deadlines and keep-alive; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
