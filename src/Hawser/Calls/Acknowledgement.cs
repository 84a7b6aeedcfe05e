namespace Hawser;

/// <summary>What the peer has confirmed: everything that was written in a call until it was asked has been consumed by its reader.</summary>
/// <param name="Bytes">How many bytes of messages or octets, of all that this side has written in the call, are confirmed: exactly those written before the peer was asked. Framing does not count.</param>
/// <param name="Delay">How long it took from asking to the answer: the way there and back, and whatever the reader had to do first.</param>
public readonly record struct Acknowledgement(long Bytes, TimeSpan Delay);
