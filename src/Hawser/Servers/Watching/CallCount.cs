namespace Hawser;

/// <summary>The calls of one method that have ended. Safe from any thread.</summary>
internal sealed class CallCount
{
    private long ended;
    private long failed;
    private long microseconds;

    public long Ended => Volatile.Read(ref ended);

    public long Failed => Volatile.Read(ref failed);

    /// <summary>How long all of them took together.</summary>
    public double Milliseconds => Volatile.Read(ref microseconds) / 1000.0;

    public void Add(double milliseconds, bool hasFailed)
    {
        Interlocked.Add(ref microseconds, (long)(milliseconds * 1000));
        if (hasFailed)
            Interlocked.Increment(ref failed);
        Interlocked.Increment(ref ended);
    }
}
