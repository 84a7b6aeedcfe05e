using System.Globalization;
using Hawser.Bench.Life.Charts;

namespace Hawser.Bench.Life.Soak;

/// <summary>Everything at once, for minutes: every kind of call over every transport, in weather that changes, with connections and servers that come and go.</summary>
internal static class SoakCommand
{
    public static async Task<bool> RunAsync(Arguments arguments)
    {
        var minutes = arguments.Number("minutes", 10);
        var seed = arguments.Number("seed", 1);
        var file = arguments.Text("svg", "");
        arguments.RejectTheRest();

        await using var site = await SoakSite.StartAsync();
        foreach (var missing in site.Missing)
            Console.WriteLine($"Without {missing}");
        var clients = site.Addresses.Select((address, index) => new SoakClient(address, site, seed + index)).ToArray();
        var samples = new ProcessSamples();
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(minutes), TimeProvider.System);
        await Task.WhenAll([samples.TakeUntilAsync(end.Token), site.RestartUntilAsync(end.Token), site.BroadcastUntilAsync(end.Token), .. clients.Select(client => client.RunUntilAsync(end.Token))]);
        foreach (var client in clients)
            await client.DisposeAsync();

        Print(clients, samples, site.Restarts);
        if (file.Length > 0)
            Draw(file, samples);
        return Judge(clients, site);
    }

    private static void Print(SoakClient[] clients, ProcessSamples samples, int restarts)
    {
        Console.WriteLine("| transport | work | done | not run | may have run | too late |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var client in clients)
        {
            foreach (var tally in client.Tallies)
                Console.WriteLine($"| {client.Scheme} | {tally.Work} | {tally.Done} | {tally.NotRun} | {tally.MayHaveRun} | {tally.TooLate} |");
            Console.WriteLine($"| {client.Scheme} | broadcasts received | {client.Ticks} | | | |");
            Console.WriteLine($"| {client.Scheme} | connections | {client.Connections} | | | |");
        }

        Console.WriteLine();
        Console.WriteLine($"The server was started anew {restarts} times.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Live memory after a collection: {samples.FirstHeap:0.0} MiB in the second minute (or the first half), {samples.LastHeap:0.0} MiB at the end."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Descriptors: at most {samples.All.Max(static one => one.Descriptors)}; threads: at most {samples.All.Max(static one => one.Threads)}."));
    }

    private static void Draw(string file, ProcessSamples samples)
    {
        var chart = new SvgChart("Everything at once: clients and server in one process", "s");
        chart.AddPanel("Memory, MiB", Line("resident", "#999", samples, static one => one.Resident), Line("heap, live after a collection", "#c33", samples, static one => one.Heap));
        chart.AddPanel("Descriptors and threads", Line("descriptors", "#07c", samples, static one => one.Descriptors), Line("threads", "#393", samples, static one => one.Threads));
        chart.Save(file);
    }

    private static Series Line(string name, string color, ProcessSamples samples, Func<ProcessSample, double> figure) =>
        new(name, color, [.. samples.All.Select(sample => (sample.Seconds, figure(sample)))]);

    private static bool Judge(SoakClient[] clients, SoakSite site)
    {
        var surprises = clients.SelectMany(static client => client.Tallies).SelectMany(static tally => tally.Surprises).Append(site.RunTwice > 0 ? $"{site.RunTwice} calls were run twice." : null).OfType<string>().ToArray();
        foreach (var surprise in surprises.Distinct(StringComparer.Ordinal).Take(20))
            Console.WriteLine($"BROKEN: {surprise}");
        return surprises.Length == 0;
    }
}
