namespace Hawser.Frames;

/// <summary>What may still be sent on a lane that all calls share, and the chunks that wait for more, first come first served. Guarded by the lane's gate.</summary>
internal sealed class SendCredit(long initial)
{
    private OutboundChunk? head;
    private OutboundChunk? tail;

    public long Available { get; private set; } = initial;

    /// <summary>Takes credit, unless somebody waits for it already.</summary>
    public bool TryTake(int cost)
    {
        if (head is not null || Available < cost)
            return false;
        Available -= cost;
        return true;
    }

    public void Wait(OutboundChunk chunk)
    {
        chunk.NextWaiter = null;
        if (tail is null)
            head = chunk;
        else
            tail.NextWaiter = chunk;
        tail = chunk;
    }

    /// <summary>Adds credit.</summary>
    /// <exception cref="ProtocolViolationException">There would be more than the protocol can count.</exception>
    public void Grant(ulong amount)
    {
        if (amount > long.MaxValue / 2 || (ulong)Available + amount > long.MaxValue / 2)
            throw new ProtocolViolationException("The peer granted more credit than can be counted.");
        Available += (long)amount;
    }

    /// <summary>The next waiting chunk that can go now, its credit taken.</summary>
    public OutboundChunk? TakeReady()
    {
        if (head is not { } chunk || Available < chunk.Cost)
            return null;
        Available -= chunk.Cost;
        head = chunk.NextWaiter;
        if (head is null)
            tail = null;
        chunk.NextWaiter = null;
        return chunk;
    }

    /// <summary>Takes a chunk out of the queue of those that wait.</summary>
    public bool Remove(OutboundChunk chunk)
    {
        OutboundChunk? previous = null;
        for (var waiter = head; waiter is not null; previous = waiter, waiter = waiter.NextWaiter)
        {
            if (!ReferenceEquals(waiter, chunk))
                continue;
            if (previous is null)
                head = chunk.NextWaiter;
            else
                previous.NextWaiter = chunk.NextWaiter;
            if (ReferenceEquals(tail, chunk))
                tail = previous;
            chunk.NextWaiter = null;
            return true;
        }

        return false;
    }
}
