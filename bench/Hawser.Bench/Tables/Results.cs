using System.Text.Json;

namespace Hawser.Bench.Tables;

/// <summary>One row of the bench: what must hold, and every round's answer of both sides.</summary>
internal sealed class ResultRow(string work)
{
    private readonly Dictionary<(string Side, int Round), JsonElement> reports = [];

    public string Work { get; } = work;

    public List<Requirement> Requirements { get; } = [];

    /// <summary>Why a side has no figures.</summary>
    public Dictionary<string, string> Failures { get; } = new(StringComparer.Ordinal);

    public void Add(string side, int round, string answer)
    {
        if (answer.StartsWith('{'))
            reports[(side, round)] = JsonDocument.Parse(answer).RootElement;
        else
            Failures[side] = answer;
    }

    public double? Median(string side, string key) => MedianOf(reports.Where(report => report.Key.Side == side).Select(report => Figure(report.Value, key)));

    /// <summary>Ours divided by the peer's, round by round: both of a pair ran next to each other, so that a slow minute of the machine strikes both.</summary>
    public IReadOnlyList<double> Ratios(string key) =>
        [.. from ours in reports
            where ours.Key.Side == "ours" && reports.ContainsKey(("peer", ours.Key.Round))
            let mine = Figure(ours.Value, key)
            let theirs = Figure(reports[("peer", ours.Key.Round)], key)
            where mine is not null && theirs > 0
            orderby mine.Value / theirs.Value
            select mine.Value / theirs.Value];

    public static double? MedianOf(IEnumerable<double?> figures)
    {
        var sorted = figures.OfType<double>().Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static double? Figure(JsonElement report, string key) =>
        report.TryGetProperty(key, out var figure) && figure.ValueKind == JsonValueKind.Number ? figure.GetDouble() : null;
}

/// <summary>
/// The file that <c>bench/run</c> writes: lines of tab-separated fields. <c>row WORK REQUIREMENT…</c> opens a row;
/// <c>ours|peer ROUND ANSWER</c> belongs to the last one, the answer being a JSON object or a sentence that says why there is none.
/// </summary>
internal static class Results
{
    public static async Task<List<ResultRow>> ReadAsync(string path)
    {
        var rows = new List<ResultRow>();
        await foreach (var line in File.ReadLinesAsync(path))
        {
            var fields = line.Split('\t');
            if (fields[0] == "row")
            {
                var row = new ResultRow(fields[1]);
                row.Requirements.AddRange(fields.Skip(2).Select(Requirement.Parse));
                rows.Add(row);
            }
            else
            {
                rows[^1].Add(fields[0], int.Parse(fields[1]), fields[2]);
            }
        }

        return rows;
    }
}
