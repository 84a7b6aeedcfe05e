namespace Hawser.Bench.Tables;

/// <summary><c>table --results FILE</c>: the markdown tables of a run.</summary>
internal static class ResultTable
{
    public static async Task RunAsync(Arguments arguments)
    {
        var path = arguments.Text("results");
        arguments.RejectTheRest();
        var rows = await Results.ReadAsync(path);

        Console.WriteLine("| work | figure | ours | peer | ratio (lowest–highest) | must be | met |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            foreach (var requirement in row.Requirements)
                Console.WriteLine(Line(row, requirement));
        }

        Console.WriteLine();
        Console.WriteLine("| work | p50 ours | p50 peer | p99 ours | p99 peer |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var row in rows.Where(row => (row.Median("ours", "p50_us") ?? row.Median("peer", "p50_us")) is not null))
            Console.WriteLine($"| {row.Work} | {Cell(row, "ours", "p50_us")} | {Cell(row, "peer", "p50_us")} | {Cell(row, "ours", "p99_us")} | {Cell(row, "peer", "p99_us")} |");

        foreach (var row in rows)
        {
            foreach (var (side, why) in row.Failures)
                Console.WriteLine($"\n- {row.Work}, {side}: {why}");
        }
    }

    private static string Line(ResultRow row, Requirement requirement)
    {
        var key = requirement.Key;
        var ratios = row.Ratios(key);
        var ratio = ResultRow.MedianOf(ratios.Select(value => (double?)value));
        var decisive = requirement.IsRatio ? ratio : row.Median("ours", key);
        var met = (requirement.Bound, decisive) switch
        {
            (null, _) => "–",
            (_, null) => "not measured",
            _ => requirement.IsMet(decisive.Value) ? "yes" : "**no**",
        };
        var spread = ratio is null ? "–" : $"{ratio:0.00} × ({ratios[0]:0.00}–{ratios[^1]:0.00})";
        return $"| {row.Work} | {Quantity.Name(key)} | {Cell(row, "ours", key)} | {Cell(row, "peer", key)} | {spread} | {requirement.Text} | {met} |";
    }

    private static string Cell(ResultRow row, string side, string key) =>
        row.Median(side, key) is { } figure ? Quantity.Format(key, figure)
        : row.Failures.TryGetValue(side, out var why) && why.StartsWith("absent", StringComparison.Ordinal) ? "absent"
        : "–";
}
