namespace Hawser;

/// <summary>What becomes of a notification when the outbox of its connection is full, because the peer takes less than it is sent.</summary>
public enum SlowClientPolicy
{
    /// <summary>
    /// The sender waits for room. Nothing is lost while it awaits each push, and a broadcast takes as long as its slowest member; the others have theirs by then. When as many pushes wait as may be
    /// queued (<see cref="OutboxOptions"/>), a further one fails with <see cref="StatusCode.ResourceExhausted"/>; a broadcast does not count such a member.
    /// </summary>
    Wait = 0,

    /// <summary>The oldest queued notifications that may be dropped (sent under this policy or <see cref="KeepLatest"/>) make room. If there are none, the new one is dropped.</summary>
    DropOldest = 1,

    /// <summary>
    /// Only the newest matters: a queued notification of the same method and <see cref="PushOptions.Key"/> is dropped at once, full or not, and the new one is queued behind the others, so that order is
    /// kept. Full of other keys, it does as <see cref="DropOldest"/>.
    /// </summary>
    KeepLatest = 2,

    /// <summary>The connection is closed with <see cref="StatusCode.ResourceExhausted"/>: the client comes back and starts afresh.</summary>
    Disconnect = 3,
}
