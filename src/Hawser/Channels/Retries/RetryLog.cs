using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>What a channel logs of its retries, under the category <c>Hawser.Channel</c>. Event ids are stable; a new entry takes the next number.</summary>
internal static partial class RetryLog
{
    [LoggerMessage(51, LogLevel.Debug, "Attempt {Attempt} of {Method} failed ({Status}); the next begins in {Milliseconds} ms")]
    public static partial void AttemptFailed(ILogger logger, int attempt, string method, string status, double milliseconds);

    [LoggerMessage(52, LogLevel.Debug, "{Method} has no answer after attempt {Attempt}; another one begins beside it")]
    public static partial void Hedged(ILogger logger, string method, int attempt);
}
