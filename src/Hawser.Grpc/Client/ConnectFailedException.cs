namespace Hawser.Grpc.Client;

/// <summary>The server could not be reached. Thrown through the HTTP handler, which wraps it.</summary>
internal sealed class ConnectFailedException(Status status, Exception? innerException) : IOException(status.Text, innerException)
{
    /// <summary>What the calls that wanted the connection end with; they were not run.</summary>
    internal Status Status => status;
}
