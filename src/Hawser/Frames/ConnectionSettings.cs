using Microsoft.Extensions.Logging;

namespace Hawser.Frames;

/// <summary>What a server or a channel tells each of its connections.</summary>
/// <param name="Codec">How the connection's own calls are encoded.</param>
/// <param name="Limits">What it may cost.</param>
/// <param name="Endpoints">What the peer may call.</param>
/// <param name="Interceptors">What sees the peer's calls.</param>
/// <param name="ExposeExceptionDetails">Whether the peer sees the text of unexpected exceptions.</param>
/// <param name="Logger">Where log entries go.</param>
/// <param name="TimeProvider">The clock.</param>
internal sealed record ConnectionSettings(
    Codec Codec,
    ConnectionLimits Limits,
    EndpointRegistry Endpoints,
    IReadOnlyList<IServerInterceptor> Interceptors,
    bool ExposeExceptionDetails,
    ILogger Logger,
    TimeProvider TimeProvider)
{
    /// <summary>What may refuse new metadata of the peer, by throwing; null takes all.</summary>
    public Func<Connection, Metadata, CancellationToken, ValueTask>? MetadataChanged { get; init; }

    /// <summary>Whether handlers with at most one message each way run one at a time, in the order in which their calls arrive.</summary>
    public bool SerialHandlers { get; init; }

    /// <summary>What waits for a slow peer.</summary>
    public OutboxOptions Outbox { get; init; } = OutboxOptions.Default;
}
