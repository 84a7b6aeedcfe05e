using Microsoft.Extensions.Logging;

namespace Hawser.Frames;

/// <summary>Every log entry of the frame wire. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "Connection to {Peer} opened; it runs {Software}")]
    public static partial void ConnectionOpened(ILogger logger, string peer, string software);

    [LoggerMessage(2, LogLevel.Debug, "Connection to {Peer} ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger logger, string peer, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Peer} broke the protocol: {Reason}")]
    public static partial void ProtocolViolation(ILogger logger, string peer, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Peer} closed the connection with {Code}: {Reason}")]
    public static partial void ClosedByPeer(ILogger logger, string peer, StatusCode code, string reason);

    [LoggerMessage(5, LogLevel.Error, "Connection to {Peer} failed")]
    public static partial void ConnectionFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "{Peer} is going away: {Reason}")]
    public static partial void PeerGoingAway(ILogger logger, string peer, string reason);

    [LoggerMessage(7, LogLevel.Debug, "Refused a call of {Method} from {Peer}: {Status}")]
    public static partial void CallRefused(ILogger logger, string peer, string method, string status);

    [LoggerMessage(8, LogLevel.Warning, "Refused a one-way call of {Method} from {Peer}, which cannot be told: {Status}")]
    public static partial void OneWayRefused(ILogger logger, string peer, string method, string status);

    [LoggerMessage(9, LogLevel.Debug, "The handler of {Method} ended its call with {Status}")]
    public static partial void HandlerRefused(ILogger logger, string method, string status);

    [LoggerMessage(12, LogLevel.Error, "Checking new metadata of the connection to {Peer} failed; the connection is closed")]
    public static partial void MetadataCheckFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(11, LogLevel.Error, "A callback on the end of the connection to {Peer} failed")]
    public static partial void ClosedCallbackFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(10, LogLevel.Error, "The handler of {Method} failed; its call ends with {Code}")]
    public static partial void HandlerFailed(ILogger logger, string method, StatusCode code, Exception exception);
}
