using System.Collections.Frozen;

namespace Hawser;

/// <summary>When a call that is slow to answer is made a second time beside the first. Source: the gRPC project's proposal A6. Immutable.</summary>
/// <remarks>
/// For unary calls, of idempotent methods only: several attempts may run at the same time. The first that is answered well is the call's answer, and the others are
/// cancelled. An attempt that fails with one of <see cref="NonFatalStatusCodes"/> has the next one made at once; any other failure is the call's.
/// With several servers behind the channel each attempt may reach another one.
/// </remarks>
public sealed record HedgingPolicy
{
    /// <summary>How many attempts there are at most, the first one included. Default 3; range 2…5.</summary>
    public int MaxAttempts
    {
        get;
        init => field = value is >= 2 and <= 5 ? value : throw new ArgumentOutOfRangeException(nameof(MaxAttempts), value, "MaxAttempts must be 2…5.");
    } = 3;

    /// <summary>How long an answer is waited for before another attempt is made. Default 500 ms; range 0 (all at once)…1 h.</summary>
    public TimeSpan Delay
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Delay), value, "Delay must be 0…1 h.");
    } = TimeSpan.FromMilliseconds(500);

    /// <summary>Failures after which the other attempts go on; <see cref="StatusCode.Unavailable"/> by default.</summary>
    public IReadOnlySet<StatusCode> NonFatalStatusCodes { get; init; } = FrozenSet.Create(StatusCode.Unavailable);
}
