using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Every log entry of the server itself. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(101, LogLevel.Warning, "Accepting on {Address} failed, and is tried again: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, Uri address, string reason);

    [LoggerMessage(102, LogLevel.Information, "The handshake with {Peer} failed: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, string peer, string reason);

    [LoggerMessage(103, LogLevel.Warning, "Refused {Peer}: {Reason}")]
    public static partial void ConnectionRefused(ILogger logger, string peer, string reason);

    [LoggerMessage(104, LogLevel.Warning, "{Calls} calls had not finished after {Drain}, and are reset")]
    public static partial void DrainTimedOut(ILogger logger, int calls, TimeSpan drain);

    [LoggerMessage(105, LogLevel.Error, "The opening callback failed for {Peer}, which is refused")]
    public static partial void OpeningCallbackFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(106, LogLevel.Error, "The close callback failed for {Peer}")]
    public static partial void ClosedCallbackFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(107, LogLevel.Warning, "Close callbacks had not ended after {Timeout}, and are not waited for any more")]
    public static partial void ClosedCallbacksTimedOut(ILogger logger, TimeSpan timeout);

    [LoggerMessage(108, LogLevel.Error, "Work posted to the connection to {Peer} failed")]
    public static partial void PostedWorkFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(109, LogLevel.Warning, "Disconnects {Peer}, which is slow: more than {Messages} notifications or {Bytes} bytes wait for it")]
    public static partial void SlowClientDisconnected(ILogger logger, string peer, int messages, int bytes);

    [LoggerMessage(110, LogLevel.Debug, "A notification of {Method} could not be sent to {Peer}: {Status}")]
    public static partial void NotificationNotSent(ILogger logger, string method, string peer, Status status);

    [LoggerMessage(111, LogLevel.Error, "A callback or the transport failed in the handshake with {Peer}, which is refused")]
    public static partial void HandshakeBroken(ILogger logger, string peer, Exception exception);

    /// <summary>A handshake that the peer or the network has failed is nothing unusual; any other failure is a mistake on this side, and shown whole.</summary>
    public static void HandshakeFailed(ILogger logger, string peer, Exception exception)
    {
        if (exception is IOException or OperationCanceledException or AuthenticationException)
            HandshakeFailed(logger, peer, exception.Message);
        else
            HandshakeBroken(logger, peer, exception);
    }
}
