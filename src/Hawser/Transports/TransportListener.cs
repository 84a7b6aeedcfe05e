namespace Hawser.Transports;

/// <summary>Waits for links at one address.</summary>
/// <remarks>One accept at a time. Disposing ends a pending accept, frees the address, and may be done more than once.</remarks>
public abstract class TransportListener : IAsyncDisposable
{
    /// <summary>The address that is listened on, with the port that was chosen where 0 was asked for.</summary>
    public abstract Uri Address { get; }

    /// <summary>Waits for the next link. A link that fails while it is being accepted is passed over, not reported.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The link, before its handshake; null once the listener is disposed.</returns>
    /// <exception cref="IOException">Accepting failed for now, for instance for want of file descriptors; it may be tried again later.</exception>
    public abstract ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Stops listening.</summary>
    /// <returns>A task that ends when the address is free.</returns>
    public abstract ValueTask DisposeAsync();
}
