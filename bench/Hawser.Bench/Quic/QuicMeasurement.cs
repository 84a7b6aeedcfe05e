using System.Diagnostics;
using Hawser.Bench.Measuring;
using Hawser.Bench.Rpc;

namespace Hawser.Bench.Quic;

/// <summary>Measures one stream whose two ends are in this process.</summary>
internal static class QuicMeasurement
{
    /// <param name="stream">Sends until it is told that it is over, and returns how many bytes have arrived.</param>
    /// <param name="warmup">How long it is done unmeasured.</param>
    /// <param name="duration">How long it is measured.</param>
    public static async Task PrintAsync(Func<Func<bool>, Task<long>> stream, TimeSpan warmup, TimeSpan duration)
    {
        await stream(Octets.Timer(warmup));
        var before = ProcessFigures.Now(collect: false);
        var start = Stopwatch.GetTimestamp();
        var bytes = await stream(Octets.Timer(duration));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = ProcessFigures.Now(collect: false);
        new LoadReport
        {
            BytesPerSecond = bytes / seconds,
            CpuSecondsPerGib = (after.CpuSeconds - before.CpuSeconds) / (bytes / (double)(1L << 30)),
        }.Print();
    }
}
