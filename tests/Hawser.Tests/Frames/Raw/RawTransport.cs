using System.Collections.Concurrent;
using System.Threading.Channels;
using Hawser.Transports;

namespace Hawser.Tests.Frames.Raw;

/// <summary>Links with one lane in memory, one end of which is the test's own.</summary>
internal sealed class RawTransport : Transport
{
    private readonly Channel<TransportConnection> toAccept = Channel.CreateUnbounded<TransportConnection>();
    private readonly Channel<RawPeer> connected = Channel.CreateUnbounded<RawPeer>();
    private readonly ConcurrentBag<RawPeer> peers = [];

    public override string Scheme => "raw";

    /// <summary>How often somebody has connected.</summary>
    public int Connects { get; private set; }

    /// <summary>Makes a link to whoever listens, and gives the test its end.</summary>
    public RawPeer Connect(Func<Lane, Lane>? wrap = null)
    {
        var (mine, theirs) = InProcessLane.CreatePair("raw:test");
        toAccept.Writer.TryWrite(new RawConnection(wrap is null ? theirs : wrap(theirs), theirs));
        return Keep(new RawPeer(mine));
    }

    /// <summary>Hands an own connection to whoever listens.</summary>
    public void Connect(TransportConnection connection) => toAccept.Writer.TryWrite(connection);

    /// <summary>The test's end of the next link that a client makes.</summary>
    public async Task<RawPeer> AcceptAsync() => await connected.Reader.ReadAsync().AsTask().WaitAsync(RawPeer.Patience);

    public override ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
    {
        var (mine, theirs) = InProcessLane.CreatePair("raw:test");
        Connects++;
        connected.Writer.TryWrite(Keep(new RawPeer(mine)));
        return new ValueTask<TransportConnection>(new RawConnection(theirs, theirs));
    }

    public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
        new(new RawListener(address, toAccept.Reader));

    /// <summary>Cuts every link, so that nobody waits for a peer that the test has forgotten.</summary>
    public void CutAll()
    {
        foreach (var peer in peers)
            peer.Cut();
    }

    private RawPeer Keep(RawPeer peer)
    {
        peers.Add(peer);
        return peer;
    }

    private sealed class RawListener(Uri address, ChannelReader<TransportConnection> links) : TransportListener
    {
        private readonly CancellationTokenSource disposed = new();

        public override Uri Address => address;

        public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, disposed.Token);
            try
            {
                return await links.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (disposed.IsCancellationRequested)
            {
                return null;
            }
        }

        public override async ValueTask DisposeAsync() => await disposed.CancelAsync();
    }

    private sealed class RawConnection(Lane lane, InProcessLane inner) : TransportConnection
    {
        public override string RemoteAddress => "raw:peer";

        public override string LocalAddress => "raw:test";

        public override string RemoteHost => "raw";

        public override Lane FirstLane => lane;

        public override ValueTask DisposeAsync()
        {
            inner.Close();
            return default;
        }
    }
}
