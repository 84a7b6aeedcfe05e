namespace Hawser.Transports;

/// <summary>One party's side of an in-process lane.</summary>
internal sealed class InProcessLane : Lane
{
    private readonly InProcessPipe _incoming;
    private readonly InProcessPipe _outgoing;
    private readonly string _name;
    private readonly CancellationTokenSource _peerAborted = new();
    private InProcessLane _peer = null!;

    private InProcessLane(InProcessPipe incoming, InProcessPipe outgoing, string name)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        _name = name;
    }

    /// <summary>Whether both directions have ended.</summary>
    public bool IsOver => _incoming.IsOver && _outgoing.IsOver;

    /// <summary>Makes both sides of a lane.</summary>
    public static (InProcessLane Mine, InProcessLane Theirs) CreatePair(string name)
    {
        var there = new InProcessPipe();
        var back = new InProcessPipe();
        var mine = new InProcessLane(back, there, name);
        var theirs = new InProcessLane(there, back, name) { _peer = mine };
        mine._peer = theirs;
        return (mine, theirs);
    }

    public override CancellationToken PeerAborted => _peerAborted.Token;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => _incoming.ReadAsync(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => _outgoing.WriteAsync(new WriteCursor(bytes));

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers) => _outgoing.WriteAsync(new WriteCursor(buffers));

    public override ValueTask CompleteWritesAsync()
    {
        try
        {
            _outgoing.Complete();
            return default;
        }
        catch (IOException exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    public override void Abort(long code)
    {
        Func<IOException> mine = () => new IOException($"The lane of {_name} was aborted by this side.");
        Func<IOException> theirs = () => new LaneAbortedException(code);
        _outgoing.Break(forReader: theirs, forWriter: mine, evenIfCompleted: true);
        _incoming.Break(forReader: mine, forWriter: theirs, evenIfCompleted: true);
        _ = _peer._peerAborted.CancelAsync();
    }

    /// <summary>This side's connection is gone: what it has not ended is cut.</summary>
    public void Close()
    {
        Func<IOException> mine = () => new IOException($"The link to {_name} was closed by this side.");
        Func<IOException> theirs = () => new IOException($"The link to {_name} was cut: the peer closed it.");
        _outgoing.Break(forReader: theirs, forWriter: mine, evenIfCompleted: false);
        _incoming.Break(forReader: mine, forWriter: theirs, evenIfCompleted: true);
    }
}
