using Hawser.Transports;

namespace Hawser.Testing;

/// <summary>A transport whose links, where they are made, have a simulated network before them.</summary>
/// <param name="network">The network.</param>
/// <param name="scheme">The scheme of its addresses.</param>
/// <param name="find">Finds what carries the bytes to or at an address.</param>
internal sealed class SimulatedTransport(SimulatedNetwork network, string scheme, Func<Uri, Transport> find) : Transport
{
    public override string Scheme => scheme;

    public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        var number = network.NextLink();
        await network.TravelAsync(LinkDirection.ToServer, cancellationToken).ConfigureAwait(false);
        if (network.Refuses())
        {
            await network.TravelAsync(LinkDirection.ToClient, cancellationToken).ConfigureAwait(false);
            throw new IOException($"Nothing listens on {address.OriginalString} (refused by the simulated network).");
        }

        var inner = await find(address).ConnectAsync(address, options, cancellationToken).ConfigureAwait(false);
        try
        {
            await network.TravelAsync(LinkDirection.ToClient, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new SimulatedConnection(network.Add(inner, number));
    }

    public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
        find(address).ListenAsync(address, options, cancellationToken);
}
