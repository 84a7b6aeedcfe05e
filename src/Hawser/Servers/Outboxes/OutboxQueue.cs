namespace Hawser;

/// <summary>What is queued for one peer, or waits to be, within bounds. Not safe from several threads.</summary>
internal sealed class OutboxQueue(OutboxOptions options)
{
    private readonly LinkedList<OutboxEntry> entries = new();
    private Dictionary<(Method Method, object? Key), LinkedListNode<OutboxEntry>>? latest;
    private long bytes;

    internal int Count => entries.Count;

    internal OutboxEntry? First => entries.First?.Value;

    internal bool HasRoomFor(OutboxEntry entry) =>
        entries.Count == 0 || (entries.Count < options.MaxMessages && bytes + entry.Message.Length <= options.MaxBytes);

    internal void Add(OutboxEntry entry)
    {
        var node = entries.AddLast(entry);
        bytes += entry.Message.Length;
        if (entry.Policy == SlowClientPolicy.KeepLatest)
            (latest ??= [])[entry.Subject] = node;
    }

    internal void RemoveFirst() => Remove(entries.First!);

    /// <summary>Takes one out, wherever it stands, if it is still there.</summary>
    internal void Remove(OutboxEntry entry)
    {
        if (entries.Find(entry) is { } node)
            Remove(node);
    }

    internal List<OutboxEntry> ToList() => [.. entries];

    /// <summary>Drops the queued notification that an entry replaces.</summary>
    internal bool DropReplaced(OutboxEntry entry)
    {
        if (latest is null || !latest.TryGetValue(entry.Subject, out var older))
            return false;
        Remove(older);
        return true;
    }

    /// <summary>Drops the oldest of those that may be dropped.</summary>
    /// <returns>What was dropped; null when there is none.</returns>
    internal OutboxEntry? DropOldest()
    {
        for (var node = entries.First; node is not null; node = node.Next)
        {
            if (!node.Value.MayBeDropped)
                continue;
            Remove(node);
            return node.Value;
        }

        return null;
    }

    internal void Clear()
    {
        entries.Clear();
        latest = null;
        bytes = 0;
    }

    private void Remove(LinkedListNode<OutboxEntry> node)
    {
        entries.Remove(node);
        bytes -= node.Value.Message.Length;
        if (node.Value.Policy == SlowClientPolicy.KeepLatest)
            latest!.Remove(node.Value.Subject);
    }
}
