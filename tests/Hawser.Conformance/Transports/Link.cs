using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>Both sides of a link in one hand.</summary>
public sealed class Link(TransportConnection client, TransportConnection server) : IAsyncDisposable
{
    public TransportConnection Client => client;

    public TransportConnection Server => server;

    public Lane ClientLane => client.FirstLane;

    public Lane ServerLane => server.FirstLane;

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }
}
