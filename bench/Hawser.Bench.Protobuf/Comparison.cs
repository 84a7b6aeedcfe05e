using System.Diagnostics;

namespace Hawser.Bench.Protobuf;

/// <summary>The same work done by both sides, by turns.</summary>
/// <param name="name">What the work is.</param>
/// <param name="ours">Does it once with the dynamic message.</param>
/// <param name="googles">Does it once with Google's generated code.</param>
internal sealed class Comparison(string name, Action ours, Action googles)
{
    /// <summary>Measures both sides in every round, the one first that was second before.</summary>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="time">How long each side works per round.</param>
    internal Result Measure(int rounds, TimeSpan time)
    {
        // Hot code is compiled twice, the second time in the background.
        Run(ours, time);
        Run(googles, time);
        var oursPerSecond = new double[rounds];
        var googlesPerSecond = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            if (round % 2 == 0)
                oursPerSecond[round] = Run(ours, time);
            googlesPerSecond[round] = Run(googles, time);
            if (round % 2 != 0)
                oursPerSecond[round] = Run(ours, time);
        }

        var ratios = oursPerSecond.Zip(googlesPerSecond, (mine, theirs) => mine / theirs).ToArray();
        return new Result(name, Median(oursPerSecond), Median(googlesPerSecond), Median(ratios), ratios.Min(), ratios.Max(), AllocatedBy(ours), AllocatedBy(googles));
    }

    private static double Run(Action work, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        long times = 0;
        for (var batch = 1; watch.Elapsed < time; times += batch, batch = Math.Min(batch * 2, 64))
        {
            for (var i = 0; i < batch; i++)
                work();
        }

        return times / watch.Elapsed.TotalSeconds;
    }

    private static long AllocatedBy(Action work)
    {
        const int Times = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
            work();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Times;
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
