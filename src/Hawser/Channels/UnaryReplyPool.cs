namespace Hawser;

/// <summary>Free replies of one type. Each thread has a few of its own; what is more goes in chains to slots that all threads share, without a lock.</summary>
/// <remarks>
/// Callers and wires are often different threads: those who rent and those who give back meet in the shared slots. What has no room there is left
/// to the collector.
/// </remarks>
internal static class UnaryReplyPool<TReply>
{
    private const int ChainLength = 64;
    private const int Slots = 128;
    private const int Probes = 8;

    private static readonly UnaryReply<TReply>?[] Shared = new UnaryReply<TReply>?[Slots];

    [ThreadStatic]
    private static Local? local;

    internal static UnaryReply<TReply>? TryTake()
    {
        var mine = local ??= new Local();
        if (mine.First is null && !TryTakeChain(mine))
            return null;
        var reply = mine.First!;
        mine.First = reply.Next;
        mine.Count--;
        reply.Next = null;
        return reply;
    }

    internal static void Put(UnaryReply<TReply> reply)
    {
        var mine = local ??= new Local();
        if (mine.Count == ChainLength)
        {
            GiveChain(mine);
            mine.First = null;
            mine.Count = 0;
        }

        reply.Next = mine.First;
        mine.First = reply;
        mine.Count++;
    }

    private static bool TryTakeChain(Local mine)
    {
        for (var i = 0; i < Probes; i++)
        {
            ref var slot = ref Shared[mine.NextSlot(i)];
            if (Volatile.Read(ref slot) is null || Interlocked.Exchange(ref slot, null) is not { } chain)
                continue;
            mine.First = chain;
            mine.Count = ChainLength;
            return true;
        }

        return false;
    }

    private static void GiveChain(Local mine)
    {
        for (var i = 0; i < Probes; i++)
        {
            ref var slot = ref Shared[mine.NextSlot(i)];
            if (Volatile.Read(ref slot) is null && Interlocked.CompareExchange(ref slot, mine.First, null) is null)
                return;
        }
    }

    private sealed class Local
    {
        private static int threads;

        // Threads begin at different slots, so that they seldom meet; takers and givers sweep the same way round.
        private int position = Interlocked.Increment(ref threads) * Probes;

        internal UnaryReply<TReply>? First { get; set; }

        internal int Count { get; set; }

        internal int NextSlot(int probe)
        {
            if (probe > 0)
                position++;
            return position & (Slots - 1);
        }
    }
}
