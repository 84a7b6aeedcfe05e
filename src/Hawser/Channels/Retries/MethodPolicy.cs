namespace Hawser;

/// <summary>What a channel does for the calls of a method, or of several: see <see cref="HawserChannelOptions.Methods"/>. Immutable.</summary>
public sealed record MethodPolicy
{
    /// <summary>
    /// Whether running a call twice does no more than running it once. Then a call that may have run, because its connection was lost, is tried again: as
    /// <see cref="Retry"/> says, or else as a <see cref="RetryPolicy"/> with its defaults. False by default; <see cref="CallOptions.IsIdempotent"/> beats it.
    /// </summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Whether calls wait while the server cannot be reached, unless <see cref="CallOptions.WaitForReady"/> says otherwise. Null, the default, for no opinion.</summary>
    public bool? WaitForReady { get; init; }

    /// <summary>The deadline of calls whose <see cref="CallOptions.Timeout"/> is null. Null, the default, for none; more than zero otherwise.</summary>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(Timeout), value, "Timeout must be more than 0.");
    }

    /// <summary>Which failures are followed by another attempt, and when; null, the default, for none, except what was not run for lack of a connection.</summary>
    public RetryPolicy? Retry { get; init; }

    /// <summary>Whether several attempts are made side by side; null, the default, for no. Needs <see cref="IsIdempotent"/>, and excludes <see cref="Retry"/>.</summary>
    public HedgingPolicy? Hedging { get; init; }
}
