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

    private int _rounds;
    private int _skipped;

    /// <summary>Spins until a flag is down or patience is out.</summary>
    /// <returns>Whether the flag went down.</returns>
    public bool WhileSet(ref bool flag)
    {
        if (Environment.ProcessorCount == 1)
            return false;
        if (_rounds == 0)
        {
            if (++_skipped < RetryEvery)
                return false;
            _skipped = 0;
            _rounds = Most / 8;
        }

        for (var round = _rounds; round > 0; round--)
        {
            if (!Volatile.Read(ref flag))
            {
                _rounds = Most;
                return true;
            }

            Thread.SpinWait(2);
        }

        _rounds /= 2;
        return false;
    }
}
