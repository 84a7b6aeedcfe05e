using System.Runtime.CompilerServices;
using Hawser.Transports;

namespace Hawser.Frames;

/// <summary>Reads one lane: gets bytes, and runs what they ask for before it gets more. The frames themselves are in the other file.</summary>
/// <remarks>Exactly one thread reads at any time; which one changes with every read that does not complete at once, and when <see cref="Dispatcher"/> says that it is stuck.</remarks>
internal sealed partial class FrameLane : IThreadPoolWorkItem
{
    /// <summary>After so many reads that had bytes at once, other lanes get their turn on this thread.</summary>
    private const int ReadsPerTurn = 64;

    /// <summary>With so many bytes waiting for the peer to read them, no more of its requests are taken.</summary>
    private const int MaxUnsent = 1024 * 1024;

    /// <summary>The same for the side that made the link, which cannot pause: it hangs up.</summary>
    private const int MaxUnsentOfInitiator = 64 * 1024 * 1024;

    /// <summary>After so many small reads a large block is exchanged for a small one.</summary>
    private const int QuietReads = 3;

    private readonly Lane lane;
    private readonly Action onRead;
    private Block? block;
    private int start;
    private int end;
    private int wanted = Block.Small;
    private int quietReads;
    private ValueTaskAwaiter<int> pending;
    private long held;
    private long holds;
    private long buffered;
    private int paused;
    private long bytesReceived;
    private bool hasUnparsed;
    private volatile bool isAborted;

    public FrameLane(FrameConnection connection, Lane lane, bool isShared)
    {
        this.lane = lane;
        onRead = OnRead;
        Connection = connection;
        IsShared = isShared;
        Output = new LaneOutput(lane) { Failed = exception => connection.OnWriteFailed(this, exception) };
        Output.Dispatcher.Reader = this;
        prefaceSeen = !isShared;
        if (!isShared)
            lane.PeerAborted.UnsafeRegister(static state => ((FrameLane)state!).OnAborted(), this);
        nextOwnId = connection.IsInitiator ? 1u : 2u;
    }

    public FrameConnection Connection { get; }

    public LaneOutput Output { get; }

    /// <summary>Whether all calls of the connection share this lane, so that credit must keep them apart. A call with a lane of its own has the transport's flow control.</summary>
    public bool IsShared { get; }

    /// <summary>Whether the thread that reads is busy with user code, so that another may take over the reading.</summary>
    public bool IsHeld => Volatile.Read(ref held) != 0;

    /// <summary>Whether the last byte of the lane has been read.</summary>
    public bool IsOver { get; private set; }

    public long BytesReceived => Volatile.Read(ref bytesReceived);

    /// <summary>Starts to read, on a thread of the pool.</summary>
    public void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Has another thread go on with the reading, if the one that has it is busy with user code.</summary>
    public void TakeOver()
    {
        var hold = Volatile.Read(ref held);
        if (hold != 0 && Interlocked.CompareExchange(ref held, 0, hold) == hold)
            Start();
    }

    /// <summary>Counts bytes of a call with a lane of its own that have been consumed; reading may go on.</summary>
    public void ResumeReading(int consumed)
    {
        Interlocked.Add(ref buffered, -consumed);
        if (!IsBehind(2))
            Unpause();
    }

    /// <summary>What was gathered has been written; reading may go on.</summary>
    public void OnWritten()
    {
        if (Volatile.Read(ref paused) == 1 && !IsBehind(2))
            Unpause();
        Connection.SignalRoom();
    }

    /// <summary>Ends both sides at once.</summary>
    public void Abort(long code)
    {
        lane.Abort(code);
        OnAborted();
    }

    /// <summary>The lane was aborted, by either side: a pause would hide it.</summary>
    private void OnAborted()
    {
        isAborted = true;
        Interlocked.MemoryBarrier();
        Unpause();
    }

    void IThreadPoolWorkItem.Execute() => ReadOn();

    private void Unpause()
    {
        if (Volatile.Read(ref paused) == 1 && Interlocked.CompareExchange(ref paused, 0, 1) == 1)
            Start();
    }

    private void ReadOn()
    {
        for (var turn = 0; ; turn++)
        {
            if (turn == ReadsPerTurn)
            {
                Start();
                return;
            }

            try
            {
                if (hasUnparsed && !ParseAndRun())
                    return;
                if (MustPause())
                    return;
                PrepareBlock();
                var awaiter = lane.ReadAsync(block!.Bytes.AsMemory(end)).GetAwaiter();
                if (!awaiter.IsCompleted)
                {
                    pending = awaiter;
                    awaiter.UnsafeOnCompleted(onRead);
                    return;
                }

                if (!Received(awaiter.GetResult()))
                    return;
            }
            catch (Exception exception)
            {
                Ended(exception);
                return;
            }
        }
    }

    private void OnRead()
    {
        var awaiter = pending;
        pending = default;
        try
        {
            if (!Received(awaiter.GetResult()))
                return;
        }
        catch (Exception exception)
        {
            Ended(exception);
            return;
        }

        ReadOn();
    }

    /// <summary>Takes what was read.</summary>
    /// <returns>Whether this thread reads on.</returns>
    private bool Received(int count)
    {
        if (count == 0)
        {
            Ended(exception: null);
            return false;
        }

        end += count;
        Volatile.Write(ref bytesReceived, bytesReceived + count);
        Adapt(count);
        Connection.OnProgress();
        return ParseAndRun();
    }

    /// <summary>Takes what has been read, a batch at a time: parses some frames, runs what they ask for, and goes on.</summary>
    /// <returns>Whether this thread reads on.</returns>
    private bool ParseAndRun()
    {
        var dispatcher = Output.Dispatcher;
        do
        {
            var batch = dispatcher.RentBatch();
            try
            {
                hasUnparsed = Parse(batch);
            }
            finally
            {
                dispatcher.Add(batch);
            }

            if (dispatcher.IsEmpty && !Output.HasUnsent)
                continue;
            var hold = ++holds;
            Volatile.Write(ref held, hold);
            dispatcher.Drain();
            if (Interlocked.CompareExchange(ref held, 0, hold) != hold)
                return false;
        }
        while (hasUnparsed);

        return true;
    }

    private void Adapt(int count)
    {
        if (end == block!.Size && block.Size < Block.Large)
        {
            wanted = block.Size < Block.Medium || octetsLeft == 0 ? Block.Medium : Block.Large;
            quietReads = 0;
        }
        else if (octetsLeft >= Block.Medium)
        {
            wanted = Block.Large;
            quietReads = 0;
        }
        else if (count > Block.Small / 4)
        {
            quietReads = 0;
        }
        else if (++quietReads >= QuietReads)
        {
            wanted = Block.Small;
        }
    }

    /// <summary>Makes room behind what is not parsed yet: in the same block, or in another when others still need this one's bytes.</summary>
    private void PrepareBlock()
    {
        if (block is null)
        {
            block = Block.Rent(wanted);
            start = end = 0;
            return;
        }

        var left = end - start;
        if (left == 0 && block.Size == wanted && block.IsUnshared)
        {
            start = end = 0;
            return;
        }

        // What is left of a frame must fit, and so must the rest of it: the longest frame that is not taken in parts is 64 KiB.
        var size = left > 0 ? Math.Max(wanted, needed <= Block.Small ? Block.Small : needed <= Block.Medium ? Block.Medium : Block.Large) : wanted;
        if (block.Size >= size && block.Size - end >= Math.Max(needed - left, block.Size / 4) && (left > 0 || block.Size == wanted))
            return;
        var next = Block.Rent(size);
        block.Bytes.AsSpan(start, left).CopyTo(next.Bytes);
        block.Release();
        block = next;
        start = 0;
        end = left;
    }

    /// <summary>
    /// Whether to read no more for now: a call's own lane whose bytes nobody consumes, or a peer that sends but does not read what it gets back. Of the two sides
    /// of a shared lane only the one that accepted it pauses, so that two that are both behind cannot wait for each other.
    /// </summary>
    private bool MustPause()
    {
        if (!IsBehind(1) || isAborted)
            return false;
        if (Connection.IsInitiator && IsUnread(1))
            throw new ProtocolViolationException($"The peer has not read {Output.UnsentSize} bytes that it asked for.");
        Volatile.Write(ref paused, 1);
        Interlocked.MemoryBarrier();

        // What made room in between did not see the pause, so this side must look again; whoever clears the flag reads on.
        return (IsBehind(2) && !isAborted) || Interlocked.CompareExchange(ref paused, 0, 1) != 1;
    }

    private bool IsBehind(int divisor) => IsUnread(divisor) || (!IsShared && Volatile.Read(ref buffered) > CallWindow / divisor);

    private bool IsUnread(int divisor) => Output.UnsentSize > (Connection.IsInitiator ? MaxUnsentOfInitiator : MaxUnsent) / divisor;

    private void Ended(Exception? exception)
    {
        if (block is not null && exception is null && (end > start || octetsLeft > 0))
            exception = new IOException("The link was cut in the middle of a frame.");
        block?.Release();
        block = null;
        IsOver = true;
        Connection.OnLaneEnded(this, exception);
    }
}
