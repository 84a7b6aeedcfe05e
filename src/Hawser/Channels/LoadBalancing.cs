namespace Hawser;

/// <summary>Which of several servers a channel sends a call to. Servers are the addresses that the channel was given and those that their host names stand for.</summary>
public enum LoadBalancing
{
    /// <summary>All calls go to one: the first that answers, in the order given; another is tried 250 ms after the one before it, or as soon as that has failed. What worked last is tried first the next time.</summary>
    PickFirst,

    /// <summary>Calls go to all that are connected, in turn.</summary>
    RoundRobin,

    /// <summary>Each call goes to the one that has the fewest of this channel's calls in flight.</summary>
    LeastLoaded,
}
