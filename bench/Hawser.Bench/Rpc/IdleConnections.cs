using System.Diagnostics;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Rpc;

/// <summary><c>idle --listen URI</c>: what an open connection without calls costs a server, which runs in a process of its own.</summary>
internal static class IdleConnections
{
    private const int OpeningAtOnce = 64;

    /// <summary>So many are opened and closed before measuring, so that compiled code and pools are not counted as connections.</summary>
    private const int WarmupConnections = 500;

    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("listen", "tcp://127.0.0.1:4789");
        var connections = arguments.Number("connections", 10_000);
        var watched = arguments.Seconds("watch", 60);
        arguments.RejectTheRest();

        using var server = await StartServerAsync(address);
        try
        {
            await using var observer = HawserChannel.Connect(address);
            await CloseAsync(await OpenAsync(address, WarmupConnections));
            var before = await BenchCalls.ProcessAsync(observer, collect: true);
            var idle = await OpenAsync(address, connections);
            var after = await BenchCalls.ProcessAsync(observer, collect: true);
            var share = await IdleShareAsync(server, watched);
            await CloseAsync(idle);

            new LoadReport
            {
                ResidentBytesPerConnection = (double)(after.ResidentBytes - before.ResidentBytes) / connections,
                HeapBytesPerConnection = (double)(after.HeapBytes - before.HeapBytes) / connections,
                IdlePercentOfACore = share * 100,
            }.Print();
        }
        finally
        {
            server.Kill();
        }
    }

    /// <summary>Processor time per time, over several keep-alive intervals.</summary>
    private static async Task<double> IdleShareAsync(Process server, TimeSpan watched)
    {
        server.Refresh();
        var (used, from) = (server.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.Delay(watched, TimeProvider.System);
        server.Refresh();
        return (server.TotalProcessorTime - used) / Stopwatch.GetElapsedTime(from);
    }

    private static async Task<Process> StartServerAsync(string address)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This program's own path is not known.");
        var server = Process.Start(new ProcessStartInfo(program, ["server", "--listen", address]) { RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new InvalidOperationException("The server process did not start.");
        if (await server.StandardOutput.ReadLineAsync() is null)
            throw new InvalidOperationException("The server process ended before it listened.");
        return server;
    }

    private static async Task<List<HawserChannel>> OpenAsync(string address, int count)
    {
        var channels = Enumerable.Range(0, count).Select(_ => HawserChannel.Connect(address)).ToList();
        await Parallel.ForEachAsync(channels, new ParallelOptions { MaxDegreeOfParallelism = OpeningAtOnce }, async (channel, cancellation) => await channel.OpenAsync(cancellation));
        return channels;
    }

    private static async Task CloseAsync(List<HawserChannel> channels)
    {
        foreach (var channel in channels)
            await channel.DisposeAsync();
    }
}
