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
    TimeProvider TimeProvider);
