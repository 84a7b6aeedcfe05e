namespace Hawser.Bench.Rpc;

/// <summary>Asks a process for its figures.</summary>
/// <param name="Collect">Whether to collect garbage first, so that the memory figures hold only what lives.</param>
internal sealed record ProcessQuestion(bool Collect);

/// <summary>What one process has used so far.</summary>
internal sealed record ProcessFigures(double CpuSeconds, long AllocatedBytes, long ResidentBytes, long HeapBytes)
{
    public static ProcessFigures Now(bool collect)
    {
        if (collect)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new(
            Environment.CpuUsage.TotalTime.TotalSeconds,
            GC.GetTotalAllocatedBytes(precise: true),
            Environment.WorkingSet,
            GC.GetTotalMemory(forceFullCollection: false));
    }
}
