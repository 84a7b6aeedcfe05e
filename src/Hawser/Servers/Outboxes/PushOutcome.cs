namespace Hawser;

/// <summary>What a wire says to a notification of the outbox.</summary>
internal enum PushOutcome
{
    /// <summary>It is in the send buffer.</summary>
    Taken,

    /// <summary>Not now.</summary>
    NoRoom,

    /// <summary>Only by the way of a call that waits until all of it has been sent.</summary>
    TooLargeForNow,

    /// <summary>Never.</summary>
    Refused,
}
