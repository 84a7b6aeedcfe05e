namespace Hawser.Frames;

/// <summary>Work that one thread has found and not yet handed over, in order.</summary>
internal struct WorkBatch
{
    public WorkItem? Head;
    public WorkItem? Tail;

    public readonly bool IsEmpty => Head is null;

    public void Add(WorkItem item)
    {
        item.NextWork = null;
        if (Tail is null)
            Head = item;
        else
            Tail.NextWork = item;
        Tail = item;
    }
}
