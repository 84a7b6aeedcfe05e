using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Every log entry of the server itself. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(101, LogLevel.Warning, "Accepting on {Address} failed, and is tried again: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, Uri address, string reason);

    [LoggerMessage(102, LogLevel.Information, "The handshake with {Peer} failed: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, string peer, string reason);

    [LoggerMessage(103, LogLevel.Warning, "Refused {Peer}: there are {Limit} connections already")]
    public static partial void ConnectionRefused(ILogger logger, string peer, int limit);

    [LoggerMessage(104, LogLevel.Warning, "{Calls} calls had not finished after {Drain}, and are reset")]
    public static partial void DrainTimedOut(ILogger logger, int calls, TimeSpan drain);
}
