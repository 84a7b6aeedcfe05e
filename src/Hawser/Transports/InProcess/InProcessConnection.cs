using System.Threading.Channels;

namespace Hawser.Transports;

/// <summary>One party's side of an in-process link.</summary>
internal sealed class InProcessConnection : TransportConnection
{
    /// <summary>How many lanes may wait to be accepted; opening one more waits.</summary>
    public const int MaxUnacceptedLanes = 256;

    private readonly Channel<InProcessLane> opened = Channel.CreateBounded<InProcessLane>(MaxUnacceptedLanes);
    private readonly string name;
    private readonly Lock gate = new();
    private readonly HashSet<InProcessLane> lanes = [];
    private readonly InProcessLane firstLane;
    private InProcessConnection peer = null!;
    private int sweepAt = 64;
    private bool disposed;

    private InProcessConnection(string name, InProcessLane firstLane)
    {
        this.name = name;
        this.firstLane = firstLane;
        lanes.Add(firstLane);
    }

    public override string RemoteAddress => name;

    public override string LocalAddress => name;

    public override string RemoteHost => "inproc";

    public override Lane FirstLane => firstLane;

    public override bool HasManyLanes => true;

    /// <summary>Makes both sides of a link.</summary>
    public static (InProcessConnection Client, InProcessConnection Server) CreatePair(string name)
    {
        var (clientLane, serverLane) = InProcessLane.CreatePair(name);
        var client = new InProcessConnection(name, clientLane);
        var server = new InProcessConnection(name, serverLane) { peer = client };
        client.peer = server;
        return (client, server);
    }

    public override async ValueTask<Lane> OpenLaneAsync(CancellationToken cancellationToken)
    {
        var (mine, theirs) = InProcessLane.CreatePair(name);
        if (!Keep(mine))
            throw new IOException($"The link to {name} was closed by this side.");
        peer.Keep(theirs);
        try
        {
            await peer.opened.Writer.WriteAsync(theirs, cancellationToken).ConfigureAwait(false);
            return mine;
        }
        catch (ChannelClosedException exception)
        {
            Forget(mine, theirs);
            throw new IOException($"The link to {name} was cut: the peer closed it.", exception);
        }
        catch (OperationCanceledException)
        {
            Forget(mine, theirs);
            throw;
        }
    }

    public override async ValueTask<Lane?> AcceptLaneAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await opened.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public override ValueTask DisposeAsync()
    {
        InProcessLane[] open;
        lock (gate)
        {
            if (disposed)
                return default;
            disposed = true;
            open = [.. lanes];
            lanes.Clear();
        }

        foreach (var lane in open)
            lane.Close();
        opened.Writer.TryComplete();
        peer.opened.Writer.TryComplete();
        return default;
    }

    /// <summary>Remembers a lane until it is over, so that it ends with the connection.</summary>
    /// <returns>False if the connection has ended; the lane is closed then.</returns>
    private bool Keep(InProcessLane lane)
    {
        lock (gate)
        {
            if (!disposed)
            {
                // Sweeping when the number has doubled keeps the cost per lane constant without a lane knowing its connection.
                if (lanes.Count >= sweepAt)
                {
                    lanes.RemoveWhere(static one => one.IsOver);
                    sweepAt = Math.Max(64, lanes.Count * 2);
                }

                lanes.Add(lane);
                return true;
            }
        }

        lane.Close();
        return false;
    }

    private void Forget(InProcessLane mine, InProcessLane theirs)
    {
        mine.Close();
        lock (gate)
            lanes.Remove(mine);
        lock (peer.gate)
            peer.lanes.Remove(theirs);
    }
}
