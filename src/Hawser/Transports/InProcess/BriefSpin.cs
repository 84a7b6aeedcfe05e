namespace Hawser.Transports;

/// <summary>Waits some tens of microseconds at most for the other party before parking, as long as that keeps paying off.</summary>
/// <remarks>
/// A hop over the thread pool costs as much as copying some 100 KiB. Where the other party is not that quick, each failure halves the wait, down to none; then
/// one operation in <see cref="RetryEvery"/> tries a short one again.
/// </remarks>
internal struct BriefSpin
{
    private const int Most = 512; // rounds of about 100 ns: what copying 1 MiB takes
    private const int RetryEvery = 64;

    private int rounds;
    private int skipped;

    /// <summary>Spins until a flag is down or patience is out.</summary>
    /// <returns>Whether the flag went down.</returns>
    public bool WhileSet(ref bool flag)
    {
        if (Environment.ProcessorCount == 1)
            return false;
        if (rounds == 0)
        {
            if (++skipped < RetryEvery)
                return false;
            skipped = 0;
            rounds = Most / 8;
        }

        for (var round = rounds; round > 0; round--)
        {
            if (!Volatile.Read(ref flag))
            {
                rounds = Most;
                return true;
            }

            Thread.SpinWait(2);
        }

        rounds /= 2;
        return false;
    }
}
