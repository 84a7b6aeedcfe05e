namespace Hawser;

/// <summary>What somebody who watches a server wants to see.</summary>
public sealed record WatchRequest
{
    /// <summary>How long after one snapshot the next is taken, in milliseconds. Default 1000; range 50…3,600,000.</summary>
    public int IntervalMilliseconds { get; init; } = 1000;

    /// <summary>How many connections a snapshot shows at most, the busiest; the totals are of all. Default 100; range 0…1000.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>How many methods a snapshot shows at most, the most called. Default 20; range 0…1000.</summary>
    public int MaxMethods { get; init; } = 20;
}
