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
    TimeSpan? RoundTripTime);
