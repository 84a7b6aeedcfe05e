using System.Diagnostics;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Rpc;

/// <summary><c>octets --address URI</c>: one octet stream into an endpoint that discards; the counterpart of <c>raw-octets</c>.</summary>
internal static class Octets
{
    private const double Gib = 1L << 30;

    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("address");
        var chunk = new byte[arguments.Number("chunk", 64 * 1024)];
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();

        await using var channel = HawserChannel.Connect(address);
        await BenchCalls.DiscardAsync(channel, chunk, Timer(warmup));
        var serverBefore = await BenchCalls.ProcessAsync(channel, collect: false);
        var clientBefore = ProcessFigures.Now(collect: false);
        var start = Stopwatch.GetTimestamp();
        var bytes = await BenchCalls.DiscardAsync(channel, chunk, Timer(duration));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var client = ProcessFigures.Now(collect: false);
        var server = await BenchCalls.ProcessAsync(channel, collect: false);

        var buffers = (double)bytes / chunk.Length;
        new LoadReport
        {
            BytesPerSecond = bytes / seconds,
            CpuSecondsPerGib = (client.CpuSeconds - clientBefore.CpuSeconds + server.CpuSeconds - serverBefore.CpuSeconds) / (bytes / Gib),
            AllocatedBytesPerBufferClient = (client.AllocatedBytes - clientBefore.AllocatedBytes) / buffers,
            AllocatedBytesPerBufferServer = (server.AllocatedBytes - serverBefore.AllocatedBytes) / buffers,
        }.Print();
    }

    public static Func<bool> Timer(TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        return () => Stopwatch.GetElapsedTime(start) >= duration;
    }
}
