namespace Hawser.Frames;

/// <summary>Runs the user code of one lane: handlers, and the continuations of those who wait.</summary>
/// <remarks>
/// The thread that has read a batch of frames runs what they ask for before it reads again, so that a small call costs no change of thread, and the replies of
/// a batch leave together. User code that blocks would stop the lane; <see cref="DispatchWatch"/> sees that within a few milliseconds and lets other threads
/// take over the rest of the queue, the sending, and the reading.
/// </remarks>
internal sealed class Dispatcher : IThreadPoolWorkItem
{
    /// <summary>Send what has been gathered when it is this much, so that the peer can start on it.</summary>
    private const int FlushThreshold = 16 * 1024;

    [ThreadStatic]
    private static Dispatcher? current;

    private readonly Lock gate = new();
    private readonly LaneOutput output;
    private WorkItem? head;
    private WorkItem? tail;
    private int requested;

    public Dispatcher(LaneOutput output) => this.output = output;

    /// <summary>The reading that waits for this queue, so that it can be taken over; set by the lane.</summary>
    public FrameLane? Reader { get; set; }

    public bool IsEmpty => Volatile.Read(ref head) is null;

    /// <summary>Whether the calling thread is running this queue: what it sends is flushed when the queue is empty.</summary>
    public bool IsCurrent => ReferenceEquals(current, this);

    /// <summary>Whether something waits that a stuck thread holds up.</summary>
    public bool NeedsHelp => !IsEmpty || output.HasUnsent || Reader?.IsHeld == true;

    public void Add(ref WorkBatch batch)
    {
        if (batch.Head is null)
            return;
        lock (gate)
        {
            if (tail is null)
                head = batch.Head;
            else
                tail.NextWork = batch.Head;
            tail = batch.Tail;
        }

        batch = default;
    }

    public void Add(WorkItem item)
    {
        var batch = default(WorkBatch);
        batch.Add(item);
        Add(ref batch);
    }

    /// <summary>Adds work found on a thread that must not run user code.</summary>
    public void AddAndRequest(WorkItem item)
    {
        Add(item);
        if (!IsCurrent)
            RequestThread();
    }

    /// <summary>Runs the queue until it is empty, then sends what was gathered. Only on a thread that holds nothing.</summary>
    public void Drain()
    {
        var outer = current;
        current = this;
        var watched = DispatchWatch.Enter(this);
        while (Take() is { } item)
        {
            item.Run();
            watched.Step();
            if (output.UnsentSize > FlushThreshold)
                output.Flush();
        }

        current = outer;
        output.Flush();
        watched.Leave(outer);
    }

    /// <summary>Has another thread of the pool run the queue too.</summary>
    public void RequestThread()
    {
        if (Interlocked.Exchange(ref requested, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Called by the watch when the thread that drains seems stuck.</summary>
    public void Help()
    {
        Reader?.TakeOver();
        RequestThread();
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref requested, 0);
        Drain();
    }

    private WorkItem? Take()
    {
        if (Volatile.Read(ref head) is null)
            return null;
        lock (gate)
        {
            var item = head;
            if (item is null)
                return null;
            head = item.NextWork;
            if (head is null)
                tail = null;
            item.NextWork = null;
            return item;
        }
    }
}
