namespace Hawser.Frames;

/// <summary>A server answered and did not want the connection.</summary>
internal sealed class ServerRefusalException(Status status, Exception reason) : IOException(status.Text, reason)
{
    public Status Status => status;
}
