using System.Threading.Tasks.Sources;

namespace Hawser.Frames;

/// <summary>Bytes of one call that are written from where they lie. A call has one chunk, and so at most one on its way: that is its turn among the others.</summary>
internal sealed class OutboundChunk : WorkItem, IValueTaskSource<bool>
{
    private const int Submitted = 0;
    private const int Awaited = 1;
    private const int Done = 2;

    private ManualResetValueTaskSourceCore<bool> source;
    private ArraySegment<byte> first;
    private ArraySegment<byte> second;
    private int state;
    private bool written;

    /// <summary>The next in the lane's queue of chunks.</summary>
    public OutboundChunk? NextChunk { get; set; }

    /// <summary>The next that waits for the lane's credit.</summary>
    public OutboundChunk? NextWaiter { get; set; }

    /// <summary>What it costs of the call's and the lane's credit.</summary>
    public int Cost { get; private set; }

    public short Version => source.Version;

    public bool IsDone => Volatile.Read(ref state) == Done;

    public void Prepare(ArraySegment<byte> head, ArraySegment<byte> tail, int cost)
    {
        first = head;
        second = tail;
        Cost = cost;
        state = Submitted;
        source.Reset();
    }

    public int AddTo(List<ArraySegment<byte>> segments)
    {
        segments.Add(first);
        if (second.Count > 0)
            segments.Add(second);
        return first.Count + second.Count;
    }

    /// <summary>The result of the write: true once the transport has the bytes, false when the call or the lane ended first.</summary>
    public ValueTask<bool> AsValueTask() => Interlocked.CompareExchange(ref state, Awaited, Submitted) == Submitted
        ? new ValueTask<bool>(this, source.Version)
        : new ValueTask<bool>(written);

    /// <summary>Ends the write.</summary>
    /// <returns>Whether somebody waits, so that this must be run.</returns>
    public bool Complete(bool wasWritten)
    {
        written = wasWritten;
        first = default;
        second = default;
        return Interlocked.Exchange(ref state, Done) == Awaited;
    }

    public override void Run() => source.SetResult(written);

    public bool GetResult(short token) => source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);
}
