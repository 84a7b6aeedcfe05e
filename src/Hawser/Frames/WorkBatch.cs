namespace Hawser.Frames;

/// <summary>Work that one thread has found, in order. It is filled by that thread alone; once handed over, any thread may claim what is left of it.</summary>
internal sealed class WorkBatch
{
    /// <summary>How much a lane finds before it runs it: few enough that objects and bytes are still warm when they are used.</summary>
    public const int Enough = 128;

    private WorkItem?[] items = new WorkItem?[16];
    private int count;
    private int claimed;

    /// <summary>The next in the dispatcher's list.</summary>
    public WorkBatch? Next { get; set; }

    public bool IsEmpty => count == 0;

    public bool IsFull => count >= Enough;

    /// <summary>Whether nothing is left to claim.</summary>
    public bool IsClaimed => Volatile.Read(ref claimed) >= count;

    public void Add(WorkItem item)
    {
        if (count == items.Length)
            Array.Resize(ref items, 2 * items.Length);
        items[count++] = item;
    }

    /// <summary>Takes the next item; null when all are taken.</summary>
    public WorkItem? Claim()
    {
        if (IsClaimed)
            return null;
        var index = Interlocked.Increment(ref claimed) - 1;
        if (index >= count)
            return null;
        var item = items[index];
        items[index] = null;
        return item;
    }

    /// <summary>Makes the batch empty again. Only once no other thread can see it.</summary>
    public void Clear()
    {
        count = 0;
        claimed = 0;
        Next = null;
    }
}
