using System.Net;

namespace Hawser;

/// <summary>Addresses that were found, for as long as their servers allow. Bounded; safe from any thread.</summary>
internal sealed class DnsCache(int maxNames, TimeSpan maxTime, TimeProvider timeProvider)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<IPAddress>? Find(string host)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(host, out var entry))
                return null;
            if (timeProvider.GetElapsedTime(entry.FoundAt) < entry.TimeToLive)
                return entry.Addresses;
            entries.Remove(host);
            return null;
        }
    }

    public void Add(string host, IReadOnlyList<IPAddress> addresses, TimeSpan timeToLive)
    {
        var time = timeToLive < maxTime ? timeToLive : maxTime;
        if (time <= TimeSpan.Zero || maxNames == 0)
            return;
        lock (gate)
        {
            if (entries.Count >= maxNames && !entries.ContainsKey(host))
                entries.Remove(entries.MinBy(entry => entry.Value.TimeToLive - timeProvider.GetElapsedTime(entry.Value.FoundAt)).Key);
            entries[host] = new Entry(addresses, timeProvider.GetTimestamp(), time);
        }
    }

    private readonly record struct Entry(IReadOnlyList<IPAddress> Addresses, long FoundAt, TimeSpan TimeToLive);
}
