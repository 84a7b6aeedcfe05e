using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>Both sides of a link in one hand.</summary>
public sealed class Link(TransportConnection client, TransportConnection server) : IAsyncDisposable
{
    public TransportConnection Client => client;

    public TransportConnection Server => server;

    public Lane ClientLane => client.FirstLane;

    public Lane ServerLane => server.FirstLane;

    /// <summary>Closes both sides at once: over some transports one waits until the other has read its last.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(client.DisposeAsync().AsTask(), server.DisposeAsync().AsTask());
}
