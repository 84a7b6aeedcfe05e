namespace Hawser;

/// <summary>How a channel comes back after its connection was lost or could not be made. Immutable.</summary>
/// <remarks>
/// The delay after the <c>n</c>-th failure in a row is chosen evenly from 0 up to <c>InitialBackoff × Multiplierⁿ⁻¹</c>, at most <see cref="MaxBackoff"/>: exponential backoff with full
/// jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), so that a server that comes back does not meet all its clients at once.
/// </remarks>
public sealed record ReconnectOptions
{
    /// <summary>The longest delay after the first failure. Default 50 ms; range 1 ms…1 d.</summary>
    public TimeSpan InitialBackoff { get; init => field = InRange(value, nameof(InitialBackoff)); } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest delay at all. Default 5 s; range 1 ms…1 d.</summary>
    public TimeSpan MaxBackoff { get; init => field = InRange(value, nameof(MaxBackoff)); } = TimeSpan.FromSeconds(5);

    /// <summary>How much longer the delay may be after each further failure. Default 2; range 1…10.</summary>
    public double Multiplier
    {
        get;
        init => field = value is >= 1 and <= 10 ? value : throw new ArgumentOutOfRangeException(nameof(Multiplier), value, "Multiplier must be 1…10.");
    } = 2;

    /// <summary>How long a connection must have lived for the failures before it to be forgotten. Default 10 s; range 1 ms…1 d.</summary>
    public TimeSpan StablePeriod { get; init => field = InRange(value, nameof(StablePeriod)); } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be silent after the network has changed before it is given up. Default 2 s; range 1 ms…1 d.</summary>
    public TimeSpan NetworkPatience { get; init => field = InRange(value, nameof(NetworkPatience)); } = TimeSpan.FromSeconds(2);

    /// <summary>Whether the channel calls <see cref="HawserChannel.NetworkChanged"/> by itself when the machine's addresses change. True by default.</summary>
    public bool WatchesNetwork { get; init; } = true;

    /// <summary>
    /// Whether the channel, once it has been used, connects again by itself whenever its connection is lost, so that the server can always call this side. True by default;
    /// otherwise it connects when the next call is made, as it always does over gRPC, where servers cannot call.
    /// </summary>
    public bool KeepConnected { get; init; } = true;

    /// <summary>Chooses the delay in place of the rule above; null by default. Called on any thread, must not block; a negative delay counts as none, one above a day as a day.</summary>
    public Func<ReconnectContext, TimeSpan>? Backoff { get; init; }

    /// <summary>The seed of the jitter, for tests; null, the default, for one that differs with every channel.</summary>
    public int? Seed { get; init; }

    private static TimeSpan InRange(TimeSpan value, string name) => value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(1)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 1 ms…1 d.");
}
