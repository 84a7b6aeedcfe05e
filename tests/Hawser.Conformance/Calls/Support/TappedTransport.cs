using System.Collections.Concurrent;
using Hawser.Transports;

namespace Hawser.Conformance.Calls;

/// <summary>The transport under test with a hand on its links: they can be cut, ended in the middle, or fall silent.</summary>
public sealed class TappedTransport(Transport inner, bool hidesLanes) : Transport
{
    private readonly ConcurrentQueue<TappedConnection> _links = new();

    public override string Scheme => inner.Scheme;

    /// <summary>Every link that was made or accepted so far, the oldest first.</summary>
    public IReadOnlyCollection<TappedConnection> Links => _links;

    /// <summary>The newest link.</summary>
    public TappedConnection Link => _links.Last();

    /// <summary>When set, making a link waits for it.</summary>
    public Task? Connectable { get; set; }

    public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        if (Connectable is { } connectable)
            await connectable.WaitAsync(cancellationToken);
        return Tap(await inner.ConnectAsync(address, options, cancellationToken));
    }

    public override async ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
        new TappedListener(await inner.ListenAsync(address, options, cancellationToken), this);

    private TappedConnection Tap(TransportConnection connection)
    {
        var link = new TappedConnection(connection, hidesLanes);
        _links.Enqueue(link);
        return link;
    }

    private sealed class TappedListener(TransportListener inner, TappedTransport transport) : TransportListener
    {
        public override Uri Address => inner.Address;

        public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken) =>
            await inner.AcceptAsync(cancellationToken) is { } connection ? transport.Tap(connection) : null;

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
