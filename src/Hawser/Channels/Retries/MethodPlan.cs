namespace Hawser;

/// <summary>A <see cref="MethodPolicy"/> at work in one channel, with the channel's store of tokens for it.</summary>
internal sealed class MethodPlan(MethodPolicy policy)
{
    public MethodPolicy Policy { get; } = policy;

    /// <summary>When an idempotent call is tried again, or any whose policy says so.</summary>
    public RetryPolicy Retry { get; } = policy.Retry ?? new RetryPolicy();

    public RetryThrottle Throttle { get; } = policy.Retry is { } retry ? new RetryThrottle(retry) : new RetryThrottle(new RetryPolicy());

    /// <summary>Whether a call that may have run may run again.</summary>
    public bool IsIdempotent(in CallOptions options) => options.IsIdempotent ?? Policy.IsIdempotent;

    /// <summary>The options of a call with what the policy adds where they say nothing.</summary>
    public CallOptions Apply(in CallOptions options) => options with
    {
        Timeout = options.Timeout ?? Policy.Timeout,
        WaitForReady = options.WaitForReady ?? Policy.WaitForReady,
    };
}
