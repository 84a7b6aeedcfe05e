using Hawser.Interop.Tests.Runs;

namespace Hawser.Interop.Tests.Table;

/// <summary>Writes outcomes as markdown: a row per case, and below it why some of them did not pass wholly.</summary>
internal sealed class MarkdownTable
{
    private readonly List<string> reasons = [];

    public static string Render(IReadOnlyList<Column> columns) => new MarkdownTable().RenderRows(columns);

    private string RenderRows(IReadOnlyList<Column> columns)
    {
        List<string> lines =
        [
            $"| case | {string.Join(" | ", columns.Select(column => column.Heading))} |",
            $"|---|{string.Concat(columns.Select(_ => "---|"))}",
            .. TestCases.All.Select(testCase => $"| `{testCase}` | {string.Join(" | ", columns.Select(column => Cell(column.Outcomes[testCase])))} |"),
        ];
        if (reasons.Count > 0)
            lines.Add("");
        lines.AddRange(reasons.Select((reason, index) => $"{index + 1}. {reason}."));
        return string.Join('\n', lines) + "\n";
    }

    private string Cell(Outcome outcome) => outcome.Verdict switch
    {
        Verdict.Passed => "✓",
        Verdict.Partly => "partly" + Footnote(outcome.Reason!),
        Verdict.NotPossible => "no" + Footnote(outcome.Reason!),
        _ => "**failed**",
    };

    private string Footnote(string reason)
    {
        if (!reasons.Contains(reason))
            reasons.Add(reason);
        return $" <sup>{reasons.IndexOf(reason) + 1}</sup>";
    }
}
