using System.Diagnostics;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Rpc;

/// <summary><c>inproc-octets</c>: one octet stream between a caller and a handler of the same process, over the in-process transport.</summary>
internal static class InprocOctets
{
    public static async Task RunAsync(Arguments arguments)
    {
        var chunk = new byte[arguments.Number("chunk", 64 * 1024)];
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();

        await using var server = BenchServer.Create();
        await server.ListenAsync("inproc:bench");
        await using var channel = HawserChannel.Connect("inproc:bench");
        await BenchCalls.DiscardAsync(channel, chunk, Octets.Timer(warmup));
        var before = ProcessFigures.Now(collect: false);
        var start = Stopwatch.GetTimestamp();
        var bytes = await BenchCalls.DiscardAsync(channel, chunk, Octets.Timer(duration));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = ProcessFigures.Now(collect: false);

        new LoadReport
        {
            BytesPerSecond = bytes / seconds,
            CpuSecondsPerGib = (after.CpuSeconds - before.CpuSeconds) / (bytes / (double)(1L << 30)),
            AllocatedBytesPerBufferClient = (after.AllocatedBytes - before.AllocatedBytes) / ((double)bytes / chunk.Length),
        }.Print();
    }
}
