namespace Hawser.Frames;

/// <summary>The peer broke the protocol. Ends the connection, nothing else; the peer is told the text.</summary>
internal sealed class ProtocolViolationException(string message) : IOException(message);
