namespace Hawser.Grpc.Client;

/// <summary>The channel was reset before a new link could be used: the next is to be made at once. Thrown through the HTTP handler, which wraps it.</summary>
internal sealed class LinkResetException(string message) : Exception(message);
