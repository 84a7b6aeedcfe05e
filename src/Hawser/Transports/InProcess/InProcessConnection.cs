using System.Threading.Channels;

namespace Hawser.Transports;

/// <summary>One party's side of an in-process link.</summary>
internal sealed class InProcessConnection : TransportConnection
{
    /// <summary>How many lanes may wait to be accepted; opening one more waits.</summary>
    public const int MaxUnacceptedLanes = 256;

    private readonly Channel<InProcessLane> _opened = Channel.CreateBounded<InProcessLane>(MaxUnacceptedLanes);
    private readonly string _name;
    private readonly Lock _lock = new();
    private readonly HashSet<InProcessLane> _lanes = [];
    private readonly InProcessLane _firstLane;
    private InProcessConnection _peer = null!;
    private int _sweepAt = 64;
    private bool _disposed;

    private InProcessConnection(string name, InProcessLane firstLane)
    {
        _name = name;
        _firstLane = firstLane;
        _lanes.Add(firstLane);
    }

    public override string RemoteAddress => _name;

    public override string LocalAddress => _name;

    public override string RemoteHost => "inproc";

    public override Lane FirstLane => _firstLane;

    public override bool HasManyLanes => true;

    /// <summary>Makes both sides of a link.</summary>
    public static (InProcessConnection Client, InProcessConnection Server) CreatePair(string name)
    {
        var (clientLane, serverLane) = InProcessLane.CreatePair(name);
        var client = new InProcessConnection(name, clientLane);
        var server = new InProcessConnection(name, serverLane) { _peer = client };
        client._peer = server;
        return (client, server);
    }

    public override async ValueTask<Lane> OpenLaneAsync(CancellationToken cancellationToken)
    {
        var (mine, theirs) = InProcessLane.CreatePair(_name);
        if (!Keep(mine))
            throw new IOException($"The link to {_name} was closed by this side.");
        _peer.Keep(theirs);
        try
        {
            await _peer._opened.Writer.WriteAsync(theirs, cancellationToken).ConfigureAwait(false);
            return mine;
        }
        catch (ChannelClosedException exception)
        {
            Forget(mine, theirs);
            throw new IOException($"The link to {_name} was cut: the peer closed it.", exception);
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
            return await _opened.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public override ValueTask DisposeAsync()
    {
        InProcessLane[] lanes;
        lock (_lock)
        {
            if (_disposed)
                return default;
            _disposed = true;
            lanes = [.. _lanes];
            _lanes.Clear();
        }

        foreach (var lane in lanes)
            lane.Close();
        _opened.Writer.TryComplete();
        _peer._opened.Writer.TryComplete();
        return default;
    }

    /// <summary>Remembers a lane until it is over, so that it ends with the connection.</summary>
    /// <returns>False if the connection has ended; the lane is closed then.</returns>
    private bool Keep(InProcessLane lane)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                // Sweeping when the number has doubled keeps the cost per lane constant without a lane knowing its connection.
                if (_lanes.Count >= _sweepAt)
                {
                    _lanes.RemoveWhere(static one => one.IsOver);
                    _sweepAt = Math.Max(64, _lanes.Count * 2);
                }

                _lanes.Add(lane);
                return true;
            }
        }

        lane.Close();
        return false;
    }

    private void Forget(InProcessLane mine, InProcessLane theirs)
    {
        mine.Close();
        lock (_lock)
            _lanes.Remove(mine);
        lock (_peer._lock)
            _peer._lanes.Remove(theirs);
    }
}
