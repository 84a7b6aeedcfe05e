using System.Globalization;
using Hawser.Bench.Life.Charts;

namespace Hawser.Bench.Life.Herd;

/// <summary>Many clients over loopback meet a server that comes back: with the backoff as it is, and for comparison without jitter.</summary>
internal static class HerdCommand
{
    public static async Task<bool> RunAsync(Arguments arguments)
    {
        var clients = arguments.Number("clients", 1_000);
        var outage = arguments.Seconds("outage", 10);
        var rate = arguments.Number("accept-rate", 500);
        var file = arguments.Text("svg", "");
        arguments.RejectTheRest();

        // Without jitter every client waits for the same times; nothing else differs.
        var plain = await HerdRun.MeasureAsync(clients, outage, rate, static context => TimeSpan.FromMilliseconds(Math.Min(5_000, 50 * Math.Pow(2, Math.Min(20, Math.Max(0, context.Failures - 1))))));
        var jitter = await HerdRun.MeasureAsync(clients, outage, rate, backoff: null);

        Console.WriteLine($"| {clients} clients, server away for {outage.TotalSeconds:0.#} s, at most {rate} connections accepted per second | full jitter | no jitter |");
        Console.WriteLine("|---|---|---|");
        Print("attempts, most in 100 ms, from the sixth second of the outage on", jitter, plain, static run => run.MostAttempts);
        Print("attempts in all", jitter, plain, static run => run.Attempts.Sum());
        Print("connections, most in 1 s after the return", jitter, plain, static run => run.MostReturnsPerSecond);
        Print("all back after the return, s", jitter, plain, static run => run.AllBackAfter.TotalSeconds);
        if (file.Length > 0)
            Draw(file, clients, rate, jitter, plain);
        return jitter.MostAttempts < plain.MostAttempts;
    }

    private static void Print(string what, HerdRun jitter, HerdRun plain, Func<HerdRun, double> figure) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {figure(jitter):0.##} | {figure(plain):0.##} |"));

    private static void Draw(string file, int clients, int rate, HerdRun jitter, HerdRun plain)
    {
        var chart = new SvgChart($"{clients} clients meet a server that was away from 0 s to {jitter.Outage.TotalSeconds:0.#} s and accepts {rate} connections per second", "s");
        chart.AddPanel("Per 100 ms, exponential backoff with full jitter (the default)", Line("attempts", "#c33", jitter.Attempts), Line("connections", "#07c", jitter.Returns));
        chart.AddPanel("Per 100 ms, exponential backoff without jitter, for comparison", Line("attempts", "#c33", plain.Attempts), Line("connections", "#07c", plain.Returns));
        chart.Save(file);
    }

    private static Series Line(string name, string color, IReadOnlyList<int> counts) =>
        new(name, color, [.. counts.Select(static (count, index) => (index / 10.0, (double)count))]);
}
