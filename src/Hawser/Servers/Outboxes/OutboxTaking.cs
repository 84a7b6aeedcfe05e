namespace Hawser;

/// <summary>What an outbox does with a notification that the wire does not take at once.</summary>
internal enum OutboxTaking
{
    /// <summary>It is queued, or was dropped by policy: its sender is done with it.</summary>
    Done,

    /// <summary>Its sender waits for room.</summary>
    Waiting,

    /// <summary>Its policy is to disconnect a peer that is so slow.</summary>
    Disconnecting,

    /// <summary>As many as may be queued wait for room already.</summary>
    Refused,
}
