using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Every log entry of credentials. What they are is never among them. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class CredentialsLog
{
    [LoggerMessage(301, LogLevel.Warning, "New credentials for the connection to {Peer} could not be got ({Code}); it is tried again in {Delay}")]
    public static partial void RenewalFailed(ILogger logger, string peer, StatusCode code, TimeSpan delay);

    [LoggerMessage(302, LogLevel.Warning, "{Peer} takes credentials with the hello only: those of this connection are not renewed")]
    public static partial void RenewalNotTaken(ILogger logger, string peer);
}
