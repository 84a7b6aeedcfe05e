using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>The attempts of one call: whether there is another, when, and with how much time. Made when the first has failed; for one thread at a time.</summary>
internal sealed class CallAttempts(RetryingClient client, Method method, CallOptions options, long startedAt, MethodPlan plan)
{
    /// <summary>
    /// How often a call that was certainly not run is tried again without a policy: a server that takes connections but no calls must not be asked for ever.
    /// </summary>
    public const int MaxTransparent = 5;

    private readonly bool isIdempotent = plan.IsIdempotent(options);
    private RetrySchedule? schedule;
    private int transparent;
    private bool wasSent;
    private int count = 1;

    /// <summary>Whether any attempt may have reached a handler.</summary>
    public bool MayHaveRun { get; private set; }

    /// <summary>What the next attempt is told: the deadline that remains.</summary>
    public CallOptions Options => options.Timeout is null ? options : options with { Timeout = TimeLeft };

    private TimeSpan TimeLeft => options.Timeout is { } timeout ? timeout - client.TimeProvider.GetElapsedTime(startedAt) : TimeSpan.MaxValue;

    /// <summary>Notes that an attempt has failed.</summary>
    /// <returns>How long to wait before the next one; null when there is none.</returns>
    public TimeSpan? Failed(Status status, bool notRun, Metadata trailers)
    {
        MayHaveRun |= !notRun;
        wasSent |= !status.IsConnectFailure;
        if (options.CancellationToken.IsCancellationRequested || client.IsDisposed || WaitAfter(status, notRun, trailers) is not { } wait || wait >= TimeLeft)
            return null;
        if (client.Logger.IsEnabled(LogLevel.Debug))
            RetryLog.AttemptFailed(client.Logger, count, method.FullName, status.ToString(), wait.TotalMilliseconds);
        count++;
        if (options.Result is { } result)
            result.Attempts = count;
        return wait;
    }

    private TimeSpan? WaitAfter(Status status, bool notRun, Metadata trailers)
    {
        if (IsTransparent(status, notRun) && transparent < MaxTransparent)
        {
            transparent++;
            return TimeSpan.Zero;
        }

        if (client.WireRetries || !(isIdempotent || (notRun && plan.Policy.Retry is not null)))
            return null;

        // Who cannot reach the server at all learns it at once, unless a policy says otherwise.
        if (status.IsConnectFailure && !wasSent && plan.Policy.Retry is null)
            return null;
        schedule ??= new RetrySchedule(plan.Retry, plan.Throttle);
        return schedule.Failed(status.Code, trailers[RetrySchedule.PushbackKey]);
    }

    /// <summary>Whether an attempt is followed by another whatever the policy: it had a connection, which took it no further, or there is another server that has one.</summary>
    private bool IsTransparent(Status status, bool notRun) => notRun && status.Code == StatusCode.Unavailable && (!status.IsConnectFailure || client.HasReadyServer);
}
