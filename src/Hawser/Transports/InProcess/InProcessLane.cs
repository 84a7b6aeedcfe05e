namespace Hawser.Transports;

/// <summary>One party's side of an in-process lane.</summary>
internal sealed class InProcessLane : Lane
{
    private readonly InProcessPipe incoming;
    private readonly InProcessPipe outgoing;
    private readonly string name;
    private readonly CancellationTokenSource peerAborted = new();
    private InProcessLane peer = null!;

    private InProcessLane(InProcessPipe incoming, InProcessPipe outgoing, string name)
    {
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.name = name;
    }

    /// <summary>Whether both directions have ended.</summary>
    public bool IsOver => incoming.IsOver && outgoing.IsOver;

    /// <summary>Makes both sides of a lane.</summary>
    public static (InProcessLane Mine, InProcessLane Theirs) CreatePair(string name)
    {
        var there = new InProcessPipe();
        var back = new InProcessPipe();
        var mine = new InProcessLane(back, there, name);
        var theirs = new InProcessLane(there, back, name) { peer = mine };
        mine.peer = theirs;
        return (mine, theirs);
    }

    public override CancellationToken PeerAborted => peerAborted.Token;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => incoming.ReadAsync(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => outgoing.WriteAsync(new WriteCursor(bytes));

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers) => outgoing.WriteAsync(new WriteCursor(buffers));

    public override ValueTask CompleteWritesAsync()
    {
        try
        {
            outgoing.Complete();
            return default;
        }
        catch (IOException exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    public override void Abort(long code)
    {
        Func<IOException> mine = () => new IOException($"The lane of {name} was aborted by this side.");
        Func<IOException> theirs = () => new LaneAbortedException(code);
        outgoing.Break(forReader: theirs, forWriter: mine, evenIfCompleted: true);
        incoming.Break(forReader: mine, forWriter: theirs, evenIfCompleted: true);
        _ = peer.peerAborted.CancelAsync();
    }

    /// <summary>This side's connection is gone: what it has not ended is cut.</summary>
    public void Close()
    {
        Func<IOException> mine = () => new IOException($"The link to {name} was closed by this side.");
        Func<IOException> theirs = () => new IOException($"The link to {name} was cut: the peer closed it.");
        outgoing.Break(forReader: theirs, forWriter: mine, evenIfCompleted: false);
        incoming.Break(forReader: mine, forWriter: theirs, evenIfCompleted: true);
    }
}
