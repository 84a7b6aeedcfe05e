using System.Globalization;

namespace Hawser;

/// <summary>The attempts of one call: whether there is another, and when.</summary>
internal sealed class RetrySchedule(RetryPolicy policy, RetryThrottle throttle)
{
    /// <summary>The trailer in which a server says when a call may be tried again, in milliseconds.</summary>
    public const string PushbackKey = "grpc-retry-pushback-ms";

    private double nextBackoff = policy.InitialBackoff.TotalMilliseconds;
    private int failures;

    /// <summary>Notes a failed attempt.</summary>
    /// <param name="code">How it ended.</param>
    /// <param name="pushback">What the server said of the next one in <c>grpc-retry-pushback-ms</c>, if anything.</param>
    /// <returns>How long to wait before the next attempt; null when there is none.</returns>
    public TimeSpan? Failed(StatusCode code, string? pushback)
    {
        failures++;
        TimeSpan? asked = null;
        var isForbidden = pushback is not null && !TryParse(pushback, out asked);
        var isRetryable = policy.RetryableStatusCodes.Contains(code);
        if (isRetryable || isForbidden)
            throttle.Failed();
        if (!isRetryable || isForbidden || failures >= policy.MaxAttempts || !throttle.IsOpen)
            return null;
        if (asked is not null)
        {
            // The server knows better; the next wait of our own begins anew.
            nextBackoff = policy.InitialBackoff.TotalMilliseconds;
            return asked;
        }

        var wait = Math.Min(nextBackoff, policy.MaxBackoff.TotalMilliseconds);
        nextBackoff = wait * policy.BackoffMultiplier;
        return TimeSpan.FromMilliseconds(wait * (1 - policy.Jitter + (2 * policy.Jitter * policy.Random.NextDouble())));
    }

    /// <summary>Notes that the call went well.</summary>
    public void Succeeded() => throttle.Succeeded();

    // A negative number, or what is none at all, means: do not try again.
    private static bool TryParse(string text, out TimeSpan? pushback)
    {
        pushback = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : null;
        return pushback is not null;
    }
}
