namespace Hawser.Cli.Watching;

/// <summary>A figure of each row of a table.</summary>
/// <typeparam name="TRow">What a row shows.</typeparam>
/// <param name="Title">Stands above it.</param>
/// <param name="Importance">Where there is no room for all columns, those with the highest number are left out first; columns of the same number together.</param>
/// <param name="Width">How wide it is at least, so that the columns stay where they are while the figures change.</param>
/// <param name="Format">The figure of a row.</param>
internal sealed record WatchColumn<TRow>(string Title, int Importance, int Width, Func<TRow, string> Format)
{
    /// <summary>How wide the column must be for some rows.</summary>
    public int WidthFor(IEnumerable<TRow> rows) => rows.Select(row => Format(row).Length).Append(Title.Length).Append(Width).Max();
}
