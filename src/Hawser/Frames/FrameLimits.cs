namespace Hawser.Frames;

/// <summary>The numbers of the protocol itself. They are the same for everyone; <c>docs/wire.md</c> states them.</summary>
internal static class FrameLimits
{
    /// <summary>The longest body of any frame but OCTETS.</summary>
    public const int MaxBody = 64 * 1024;

    /// <summary>The longest body of an OCTETS frame.</summary>
    public const int MaxOctetsBody = 1024 * 1024;

    /// <summary>The longest message that may travel without credit: within CALL, or as the only and last MESSAGE of the side that serves.</summary>
    public const int MaxFreeMessage = 4 * 1024;

    /// <summary>What a CALL of a one-way method costs of the connection's credit beside its body.</summary>
    public const int OneWayCost = 256;

    /// <summary>How many routes one lane may announce.</summary>
    public const int MaxRoutes = 4096;

    /// <summary>The longest first byte, length and call id together.</summary>
    public const int MaxHeader = 1 + Varint.MaxSize + Varint.MaxSize;

    /// <summary>How many questions for acknowledgement one side of a call may leave unanswered; this side announces it, and asks no more often of others.</summary>
    public const int MaxAcknowledgements = 16;

    /// <summary>The longest name of a codec.</summary>
    public const int MaxCodecName = 64;

    /// <summary>The window that both sides start from: a peer may announce more in its hello, never less.</summary>
    public const int MinWindow = 64 * 1024;

    /// <summary>A timer cannot be set for longer; a call that waits longer waits as long as it likes.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(40);

    /// <summary>The time that a timer can be set for: not negative, and not longer than timers can wait.</summary>
    public static TimeSpan TimerDue(TimeSpan timeout) =>
        timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout > LongestTimeout ? LongestTimeout : timeout;

    /// <summary>The longest text in a RESET, GOING AWAY or CLOSE frame, in bytes; longer texts are cut by the sender.</summary>
    public const int MaxReason = 1024;
}
