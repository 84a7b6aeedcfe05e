namespace Hawser.Cli.Bench;

/// <summary>Keeps a caller from calling a server that is away as fast as calls can fail: a pause after each call that could not even be sent, longer each time.</summary>
internal sealed class ReconnectPause(TimeProvider clock)
{
    /// <summary>How long a caller that has a number of calls to make tries before it gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private TimeSpan next = First;
    private TimeSpan waited;

    /// <summary>Whether the server has been away for so long that there is no use in going on.</summary>
    public bool IsHopeless => waited >= Patience;

    /// <summary>The server is there.</summary>
    public void Reset() => (next, waited) = (First, TimeSpan.Zero);

    /// <summary>Waits.</summary>
    /// <param name="endsAt">When waiting is of no use any more, in ticks of the clock.</param>
    /// <param name="cancellationToken">Ends it early, without an exception.</param>
    public async Task WaitAsync(long endsAt, CancellationToken cancellationToken)
    {
        var left = endsAt == long.MaxValue ? Longest : clock.GetElapsedTime(clock.GetTimestamp(), endsAt);
        var pause = next < left ? next : left;
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        waited += next;
        next = next + next < Longest ? next + next : Longest;
    }
}
