using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hawser.Cli.Watching;

/// <summary>A table that takes one line for each row however narrow the terminal is: columns are left out, and names are shortened.</summary>
/// <typeparam name="TRow">What a row shows.</typeparam>
/// <param name="title">Stands above the names.</param>
/// <param name="name">The name of a row in at most as many characters as are given, as markup.</param>
/// <param name="columns">The figures beside it.</param>
internal sealed class WatchTable<TRow>(string title, Func<TRow, int, string> name, params IReadOnlyList<WatchColumn<TRow>> columns)
{
    /// <summary>Room for <c>tcp://127.0.0.1:12345</c>.</summary>
    private const int ShortestName = 22;

    /// <summary>The border of a column, and a space on either side of what is in it.</summary>
    private const int FrameWidth = 3;

    /// <summary>Draws some rows.</summary>
    /// <param name="rows">What is shown.</param>
    /// <param name="caption">Stands below the table; null for nothing.</param>
    /// <param name="width">How many characters a line may have.</param>
    public IRenderable Draw(IReadOnlyList<TRow> rows, string? caption, int width)
    {
        var shown = Fitting(rows, width);
        var nameWidth = Math.Max(1, NameWidth(shown, rows, width));
        var table = new Table().Border(TableBorder.Rounded).AddColumn(new TableColumn(WatchFormat.Shorten(title, nameWidth)).NoWrap());
        foreach (var column in shown)
            table.AddColumn(new TableColumn(column.Title).RightAligned().NoWrap().Width(column.WidthFor(rows)));
        foreach (var row in rows)
            table.AddRow([name(row, nameWidth), .. shown.Select(column => column.Format(row))]);
        return caption is null ? table : table.Caption(caption);
    }

    private List<WatchColumn<TRow>> Fitting(IReadOnlyList<TRow> rows, int width)
    {
        var shown = columns.ToList();
        while (shown.Count > 0 && NameWidth(shown, rows, width) < ShortestName)
        {
            var least = shown.Max(column => column.Importance);
            shown.RemoveAll(column => column.Importance == least);
        }

        return shown;
    }

    private static int NameWidth(List<WatchColumn<TRow>> shown, IReadOnlyList<TRow> rows, int width) =>
        width - 1 - FrameWidth - shown.Sum(column => FrameWidth + column.WidthFor(rows));
}
