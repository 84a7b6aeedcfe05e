namespace Hawser;

/// <summary>One address that a wire listens on for a server. Disposing stops at once.</summary>
internal abstract class WireListener : IAsyncDisposable
{
    /// <summary>The address, with the port that was chosen.</summary>
    internal abstract Uri Address { get; }

    /// <summary>The open connections.</summary>
    internal abstract IEnumerable<Connection> Connections { get; }

    /// <summary>Takes no new connections, tells every peer that it is going away, lets calls finish for at most <paramref name="drain"/>, then resets what is left.</summary>
    /// <param name="drain">A time that a timer can be set for.</param>
    /// <param name="cancellationToken">Ends the waiting early.</param>
    internal abstract Task StopAsync(TimeSpan drain, CancellationToken cancellationToken);

    /// <summary>Stops at once; calls in flight end with <see cref="StatusCode.Unavailable"/>.</summary>
    public abstract ValueTask DisposeAsync();
}
