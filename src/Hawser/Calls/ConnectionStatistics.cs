namespace Hawser;

/// <summary>What has gone over one connection since it opened.</summary>
/// <param name="CallsStarted">Calls and notifications started from this side.</param>
/// <param name="CallsServed">Calls and notifications that the peer started and this side accepted.</param>
/// <param name="CallsInFlight">Calls, either way, that have not ended.</param>
/// <param name="BytesSent">Bytes given to the transport, frames included.</param>
/// <param name="BytesReceived">Bytes taken from the transport, frames included.</param>
/// <param name="RoundTripTime">The round trip of the last keep-alive ping; null before the first.</param>
public readonly record struct ConnectionStatistics(
    long CallsStarted,
    long CallsServed,
    int CallsInFlight,
    long BytesSent,
    long BytesReceived,
    TimeSpan? RoundTripTime)
{
    /// <summary>How long ago the link was made; null where the wire does not tell.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Notifications that wait in the connection's outbox, or for room in it (see <see cref="Connection.PushAsync{TRequest}(string, TRequest, PushOptions)"/>).</summary>
    public int NotificationsQueued { get; init; }

    /// <summary>Notifications that were dropped from the outbox, or never got in, by a <see cref="SlowClientPolicy"/>; also those that failed because too many waited for room.</summary>
    public long NotificationsDropped { get; init; }
}
