using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Every log entry of raw connections. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class RawLog
{
    [LoggerMessage(201, LogLevel.Error, "The handler of the raw connection from {Peer} failed; it is aborted")]
    public static partial void HandlerFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(202, LogLevel.Warning, "Refused the raw connection from {Peer}: there are {Limit} already (RawListenOptions.MaxConnections)")]
    public static partial void Refused(ILogger logger, string peer, int limit);

    [LoggerMessage(203, LogLevel.Warning, "{Connections} raw connections to {Address} had not ended after {Drain}, and are closed")]
    public static partial void DrainTimedOut(ILogger logger, int connections, Uri address, TimeSpan drain);

    [LoggerMessage(207, LogLevel.Warning, "Closing the raw connection from {Peer}, which was refused, failed")]
    public static partial void RefusalFailed(ILogger logger, string peer, Exception exception);
}
