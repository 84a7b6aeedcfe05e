namespace Hawser.Transports;

/// <summary>This machine lacks what a transport needs, for instance QUIC's native library. Trying again is of no use until it is installed.</summary>
/// <param name="message">One sentence that says what is missing and how to get it.</param>
public sealed class TransportNotSupportedException(string message) : IOException(message);
