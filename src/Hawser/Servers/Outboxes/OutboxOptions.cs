namespace Hawser;

/// <summary>How much may wait for one slow peer, and what happens then. Immutable.</summary>
/// <remarks>
/// The outbox keeps what the wire does not take at once. The wire takes a notification while less than 64 KiB wait for the transport and the peer has room for it: each costs its size and 256
/// bytes of the peer's <see cref="ConnectionLimits.ConnectionWindow"/>, until the peer's handler has ended. What the wire has taken is sent, whatever the policy: peers that want nothing old announce a small window.
/// </remarks>
public sealed record OutboxOptions
{
    /// <summary>The defaults.</summary>
    internal static readonly OutboxOptions Default = new();

    /// <summary>What happens when it is full, unless a push says otherwise. Default <see cref="SlowClientPolicy.Wait"/>: nothing is dropped that nobody chose to drop.</summary>
    public SlowClientPolicy Policy { get; init; } = SlowClientPolicy.Wait;

    /// <summary>
    /// How many notifications may be queued for one connection, and how many more may wait for room under <see cref="SlowClientPolicy.Wait"/>. A push beyond fails with
    /// <see cref="StatusCode.ResourceExhausted"/>. Default 1,024; range 1…1,000,000.
    /// </summary>
    public int MaxMessages
    {
        get;
        init => field = value is >= 1 and <= 1_000_000 ? value : throw new ArgumentOutOfRangeException(nameof(MaxMessages), value, "MaxMessages must be 1…1,000,000.");
    } = 1024;

    /// <summary>
    /// How many bytes of messages may be queued for one connection, and how many more may wait for room under <see cref="SlowClientPolicy.Wait"/>; one message that is larger is taken when nothing else
    /// is there. A push beyond fails with <see cref="StatusCode.ResourceExhausted"/>. A broadcast counts at each member, and is held in memory once. Default 1 MiB; range 1…1 GiB.
    /// </summary>
    public int MaxBytes
    {
        get;
        init => field = value is >= 1 and <= 1 << 30 ? value : throw new ArgumentOutOfRangeException(nameof(MaxBytes), value, "MaxBytes must be 1…1 GiB.");
    } = 1024 * 1024;
}
