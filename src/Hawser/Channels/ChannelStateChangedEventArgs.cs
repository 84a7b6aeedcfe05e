namespace Hawser;

/// <summary>One step of a <see cref="HawserChannel"/> from a state to the next. Immutable.</summary>
public sealed class ChannelStateChangedEventArgs : EventArgs
{
    internal ChannelStateChangedEventArgs(ChannelState previous, ChannelState current, Status? reason, TimeSpan? delay)
    {
        Previous = previous;
        Current = current;
        Reason = reason;
        Delay = delay;
    }

    /// <summary>Where it came from.</summary>
    public ChannelState Previous { get; }

    /// <summary>Where it is now.</summary>
    public ChannelState Current { get; }

    /// <summary>Why: the failure of the last attempt, or how the connection ended; null where nothing went wrong.</summary>
    public Status? Reason { get; }

    /// <summary>
    /// With <see cref="ChannelState.BackingOff"/>: how long until the next attempt; null when there will be none before <see cref="HawserChannel.Reset"/>. Otherwise null.
    /// </summary>
    public TimeSpan? Delay { get; }

    /// <summary>The step and its reason, for logs.</summary>
    /// <returns>For instance <c>Connecting → BackingOff in 0.032 s: Nothing listens on tcp://127.0.0.1:4772 (connection refused).</c></returns>
    public override string ToString() =>
        $"{Previous} → {Current}{(Delay is { } delay ? $" in {delay.TotalSeconds:0.###} s" : "")}{(Reason is { } reason ? $": {reason.Text}" : "")}";
}
