namespace Hawser.Frames;

/// <summary>The calls in flight on one lane, by id. Ids grow one by one, so that a slot rarely holds two. Not safe for several threads.</summary>
internal sealed class CallTable
{
    private WireCall?[] slots = new WireCall?[8];

    public int Count { get; private set; }

    public void Add(WireCall call)
    {
        if (Count >= slots.Length)
            Grow();
        ref var slot = ref slots[Slot(call.Id)];
        call.NextInSlot = slot;
        slot = call;
        Count++;
    }

    public WireCall? Find(ulong id)
    {
        var call = slots[Slot(id)];
        while (call is not null && call.Id != id)
            call = call.NextInSlot;
        return call;
    }

    public WireCall? Remove(ulong id)
    {
        ref var slot = ref slots[Slot(id)];
        WireCall? previous = null;
        for (var call = slot; call is not null; previous = call, call = call.NextInSlot)
        {
            if (call.Id != id)
                continue;
            if (previous is null)
                slot = call.NextInSlot;
            else
                previous.NextInSlot = call.NextInSlot;
            call.NextInSlot = null;
            Count--;
            return call;
        }

        return null;
    }

    /// <summary>Takes out every call whose id is above a given one.</summary>
    public List<WireCall> RemoveAbove(ulong id)
    {
        var removed = new List<WireCall>();
        foreach (var slot in slots)
        {
            for (var call = slot; call is not null; call = call.NextInSlot)
            {
                if (call.Id > id)
                    removed.Add(call);
            }
        }

        foreach (var call in removed)
            Remove(call.Id);
        removed.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return removed;
    }

    private int Slot(ulong id) => (int)((id >> 1) & (ulong)(slots.Length - 1));

    private void Grow()
    {
        var old = slots;
        slots = new WireCall?[2 * old.Length];
        foreach (var slot in old)
        {
            var call = slot;
            while (call is not null)
            {
                var next = call.NextInSlot;
                ref var place = ref slots[Slot(call.Id)];
                call.NextInSlot = place;
                place = call;
                call = next;
            }
        }
    }
}
