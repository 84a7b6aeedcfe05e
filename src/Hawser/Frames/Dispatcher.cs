namespace Hawser.Frames;

/// <summary>Runs the user code of one lane: handlers, and the continuations of those who wait.</summary>
/// <remarks>
/// The thread that has read a batch of frames runs what they ask for before it reads again, so that a small call costs no change of thread, and the replies of
/// a batch leave together. User code that blocks would stop the lane; <see cref="DispatchWatch"/> sees that within a few milliseconds and lets other threads
/// take over the rest of the work, the sending, and the reading.
/// </remarks>
internal sealed class Dispatcher : IThreadPoolWorkItem
{
    /// <summary>For so many drains after one that needed help, a second thread is asked for at once.</summary>
    private const int EagerDrains = 256;

    /// <summary>Send what has been gathered when it is this much, so that the peer can start on it.</summary>
    private const int FlushThreshold = 16 * 1024;

    [ThreadStatic]
    private static Dispatcher? current;

    private readonly Lock gate = new();
    private readonly LaneOutput output;
    private WorkBatch? batches;
    private readonly WorkBatch?[] spares = new WorkBatch?[4];
    private int requested;
    private int drainers;
    private int eager;

    public Dispatcher(LaneOutput output) => this.output = output;

    /// <summary>The reading that waits for this work, so that it can be taken over; set by the lane.</summary>
    public FrameLane? Reader { get; set; }

    public bool IsEmpty => Volatile.Read(ref batches) is null;

    /// <summary>Whether the calling thread is running this dispatcher's work: what it sends is flushed when there is no more.</summary>
    public bool IsCurrent => ReferenceEquals(current, this);

    /// <summary>Whether something waits that a stuck thread holds up.</summary>
    public bool NeedsHelp => !IsEmpty || output.HasUnsent || Reader?.IsHeld == true;

    /// <summary>An empty batch for the calling thread to fill.</summary>
    public WorkBatch RentBatch()
    {
        foreach (ref var spare in spares.AsSpan())
        {
            if (Volatile.Read(ref spare) is not null && Interlocked.Exchange(ref spare, null) is { } batch)
                return batch;
        }

        return new WorkBatch();
    }

    /// <summary>Gives back a batch that nothing was added to.</summary>
    public void ReturnBatch(WorkBatch batch)
    {
        batch.Clear();
        foreach (ref var spare in spares.AsSpan())
        {
            if (Volatile.Read(ref spare) is null && Interlocked.CompareExchange(ref spare, batch, null) is null)
                return;
        }
    }

    /// <summary>Hands a batch over. It belongs to the dispatcher from now on.</summary>
    public void Add(WorkBatch batch)
    {
        if (batch.IsEmpty)
        {
            ReturnBatch(batch);
            return;
        }

        lock (gate)
        {
            if (batches is null)
            {
                Volatile.Write(ref batches, batch);
                return;
            }

            var last = batches;
            while (last.Next is { } next)
                last = next;
            last.Next = batch;
        }
    }

    /// <summary>Adds a batch found on a thread that must not run user code.</summary>
    public void AddAndRequest(WorkBatch batch)
    {
        Add(batch);
        if (!IsEmpty)
            RequestThread();
    }

    /// <summary>Adds work found on a thread that must not run user code.</summary>
    public void AddAndRequest(WorkItem item)
    {
        Add(item);
        if (!IsCurrent)
            RequestThread();
    }

    /// <summary>Adds one piece of work; the caller drains, or requests a thread.</summary>
    public void Add(WorkItem item)
    {
        var batch = RentBatch();
        batch.Add(item);
        Add(batch);
    }

    /// <summary>Runs the work until there is no more, then sends what was gathered. Only on a thread that holds nothing.</summary>
    public void Drain()
    {
        var outer = current;
        current = this;
        Interlocked.Increment(ref drainers);
        if (Volatile.Read(ref eager) > 0)
        {
            eager--;
            RequestThread();
        }

        var watched = DispatchWatch.Enter(this);
        while (Volatile.Read(ref batches) is { } batch)
        {
            while (batch.Claim() is { } item)
            {
                item.Run();
                watched.Step();
                if (output.UnsentSize > FlushThreshold)
                    output.Flush();
            }

            Remove(batch);
        }

        Interlocked.Decrement(ref drainers);
        current = outer;
        output.Flush();
        watched.Leave(outer);
    }

    /// <summary>Has another thread of the pool run the work too.</summary>
    public void RequestThread()
    {
        if (Interlocked.Exchange(ref requested, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Called by the watch when the thread that drains seems stuck.</summary>
    public void Help()
    {
        Volatile.Write(ref eager, EagerDrains);
        Reader?.TakeOver();
        RequestThread();
    }

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref requested, 0);
        Drain();
    }

    /// <summary>Takes a batch out of the list once all of it has been claimed. It is used again if no other thread can hold it: one that drains too was counted before it looked.</summary>
    private void Remove(WorkBatch batch)
    {
        lock (gate)
        {
            WorkBatch? previous = null;
            for (var listed = batches; listed is not null; previous = listed, listed = listed.Next)
            {
                if (!ReferenceEquals(listed, batch))
                    continue;
                if (previous is null)
                    Volatile.Write(ref batches, batch.Next);
                else
                    previous.Next = batch.Next;
                break;
            }
        }

        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref drainers) == 1)
            ReturnBatch(batch);
    }
}
