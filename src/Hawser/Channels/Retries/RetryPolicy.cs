using System.Collections.Frozen;

namespace Hawser;

/// <summary>When a failed call is tried again. Source: the gRPC project's proposal A6, "client retries". Immutable.</summary>
/// <remarks>
/// A call is tried again only while nothing of its response has arrived and its request, as far as it was sent, is still at hand. Between two attempts it waits
/// <c>InitialBackoff × BackoffMultiplierⁿ</c>, at most <see cref="MaxBackoff"/>, each ± <see cref="Jitter"/>; or as long as the server says in the trailer
/// <c>grpc-retry-pushback-ms</c> (a negative number: not at all). A call whose deadline would pass during the wait ends at once, with its last failure.
/// In a <see cref="MethodPolicy"/> an attempt that may have run is followed by another only if the method is idempotent. In the options of the gRPC wire a handler may
/// run once per attempt: retry what may be done twice.
/// </remarks>
public sealed record RetryPolicy
{
    /// <summary>How often a call is tried, the first time included. Default 3; range 2…5.</summary>
    public int MaxAttempts { get; init => field = InRange(value, 2, 5, nameof(MaxAttempts)); } = 3;

    /// <summary>How long is waited before the second attempt. Default 100 ms; range 1 ms…1 h.</summary>
    public TimeSpan InitialBackoff { get; init => field = InRange(value, nameof(InitialBackoff)); } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest that is waited between two attempts, before the jitter. Default 5 s; range 1 ms…1 h.</summary>
    public TimeSpan MaxBackoff { get; init => field = InRange(value, nameof(MaxBackoff)); } = TimeSpan.FromSeconds(5);

    /// <summary>By how much the wait grows with every attempt. Default 2; range 1…10.</summary>
    public double BackoffMultiplier { get; init => field = InRange(value, 1, 10, nameof(BackoffMultiplier)); } = 2;

    /// <summary>By how much a wait is shortened or lengthened at random, as a part of it, so that callers who failed together do not come back together. Default 0.2; range 0…1.</summary>
    public double Jitter { get; init => field = InRange(value, 0, 1, nameof(Jitter)); } = 0.2;

    /// <summary>What is tried again; <see cref="StatusCode.Unavailable"/> by default.</summary>
    public IReadOnlySet<StatusCode> RetryableStatusCodes { get; init; } = FrozenSet.Create(StatusCode.Unavailable);

    /// <summary>How much of a call's request is kept to be sent again, in bytes. A larger request is tried once. Default 256 KiB; range 0…64 MiB.</summary>
    public int MaxBufferedSize { get; init => field = InRange(value, 0, 64 * 1024 * 1024, nameof(MaxBufferedSize)); } = 256 * 1024;

    /// <summary>
    /// The store of tokens that a channel has for the calls of one policy: a failed attempt takes one, a call that succeeds gives <see cref="TokenRatio"/> back, and nothing is tried again while half or
    /// fewer are left. So retries do not finish off a server that is in trouble. Default 10; range 1…1,000.
    /// </summary>
    public int MaxTokens { get; init => field = InRange(value, 1, 1000, nameof(MaxTokens)); } = 10;

    /// <summary>How much of a token a successful call gives back. Default 0.1; range 0.001…1,000.</summary>
    public double TokenRatio { get; init => field = InRange(value, 0.001, 1000, nameof(TokenRatio)); } = 0.1;

    /// <summary>Where the jitter comes from.</summary>
    internal Random Random { get; init; } = Random.Shared;

    private static int InRange(int value, int low, int high, string name) => value >= low && value <= high
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {low}…{high}.");

    private static double InRange(double value, double low, double high, string name) => value >= low && value <= high
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {low}…{high}.");

    private static TimeSpan InRange(TimeSpan value, string name) => value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromHours(1)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 1 ms…1 h.");
}
