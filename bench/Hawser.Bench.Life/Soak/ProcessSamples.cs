using System.Diagnostics;

namespace Hawser.Bench.Life.Soak;

/// <summary>Samples of what the process holds, one every two seconds.</summary>
internal sealed class ProcessSamples
{
    private const double MiB = 1024 * 1024;
    private const int SamplesPerCollection = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private readonly List<ProcessSample> samples = [];

    public IReadOnlyList<ProcessSample> All => samples;

    /// <summary>The live memory once everything had warmed up, MiB.</summary>
    public double FirstHeap => Mean(samples.Where(sample => sample.Seconds >= Math.Min(Settling.TotalSeconds, samples[^1].Seconds / 2)).Take(10));

    /// <summary>The live memory at the end, MiB.</summary>
    public double LastHeap => Mean(samples.TakeLast(10));

    public async Task TakeUntilAsync(CancellationToken end)
    {
        var start = TimeProvider.System.GetTimestamp();
        do
        {
            // What is garbage says nothing of leaks; a full collection now and then makes the graph tell what is alive.
            if (samples.Count % SamplesPerCollection == 0)
                GC.Collect();
            samples.Add(Take(TimeProvider.System.GetElapsedTime(start).TotalSeconds));
        }
        while (await SoakSite.PauseAsync(Interval, end));
    }

    private static double Mean(IEnumerable<ProcessSample> some) => some.Select(static sample => sample.Heap).DefaultIfEmpty().Average();

    private static ProcessSample Take(double seconds)
    {
        using var process = Process.GetCurrentProcess();
        var heap = GC.GetGCMemoryInfo(GCKind.FullBlocking).HeapSizeBytes;
        var descriptors = Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : 0;
        return new ProcessSample(seconds, process.WorkingSet64 / MiB, heap / MiB, descriptors, process.Threads.Count);
    }
}
