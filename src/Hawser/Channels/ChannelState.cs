namespace Hawser;

/// <summary>What a <see cref="HawserChannel"/> is doing about its connection. The machine is drawn in <c>docs/states.md</c>.</summary>
public enum ChannelState
{
    /// <summary>There is no connection and none is being made: the channel has not been used yet, or its connection was closed because there were no calls.</summary>
    Idle,

    /// <summary>A connection is being made.</summary>
    Connecting,

    /// <summary>Calls can be made.</summary>
    Ready,

    /// <summary>The last attempt failed, or the connection was lost; the next attempt comes after a delay.</summary>
    BackingOff,

    /// <summary>The channel takes no new calls; those in flight go on.</summary>
    Draining,

    /// <summary>The channel has been disposed. Nothing comes after it.</summary>
    Closed,
}
