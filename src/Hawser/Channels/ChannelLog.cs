using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>The log entries of channels. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class ChannelLog
{
    [LoggerMessage(31, LogLevel.Error, "The callback {Callback} of the channel to {Peer} failed")]
    public static partial void CallbackFailed(ILogger logger, string callback, string peer, Exception exception);

    [LoggerMessage(33, LogLevel.Error, "ReconnectOptions.Backoff failed; the next attempt is made in {Delay}")]
    public static partial void BackoffFailed(ILogger logger, TimeSpan delay, Exception exception);

    [LoggerMessage(34, LogLevel.Error, "A subscriber of the state of the channel to {Peer} failed")]
    public static partial void SubscriberFailed(ILogger logger, string peer, Exception exception);

    [LoggerMessage(35, LogLevel.Error, "Looking after a channel's connections once the network had changed failed; keep-alive finds those that are lost")]
    public static partial void NetworkChangeFailed(ILogger logger, Exception exception);

    [LoggerMessage(32, LogLevel.Debug, "The channel to {Peer} is {State}: {Reason}; the next attempt is in {Delay}")]
    public static partial void BackingOff(ILogger logger, string peer, ChannelState state, string reason, TimeSpan? delay);
}
