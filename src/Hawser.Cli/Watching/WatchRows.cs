namespace Hawser.Cli.Watching;

/// <summary>How many rows two tables that share a terminal may have.</summary>
/// <param name="Connections">Rows of the connections' table; 0 leaves it out.</param>
/// <param name="Methods">Rows of the methods' table; 0 leaves it out.</param>
internal readonly record struct WatchRows(int Connections, int Methods)
{
    /// <summary>A table's lines beside its rows: two borders, the titles, and the line below them.</summary>
    private const int Frame = 4;

    /// <summary>The line below a table that says how many rows are missing.</summary>
    private const int Caption = 1;

    /// <summary>Shares out the lines of a terminal: a third of the rows are for methods, and what either table does not need is the other's.</summary>
    /// <param name="lines">How many there are for both tables.</param>
    /// <param name="connections">How many connections there are to show.</param>
    /// <param name="methods">How many methods there are to show.</param>
    /// <param name="hidden">How many connections there are of which nothing more is known.</param>
    public static WatchRows Fit(int lines, int connections, int methods, int hidden)
    {
        var wanted = HeightOf(connections) + HeightOf(methods) + (connections > 0 && hidden > 0 ? Caption : 0);
        if (wanted <= lines)
            return new WatchRows(connections, methods);
        var rows = lines - (connections > 0 ? Frame + Caption : 0) - (methods > 0 ? Frame + Caption : 0);
        if (connections > 0 && methods > 0 && rows < 2)
            return new WatchRows(Math.Clamp(lines - Frame - Caption, 0, connections), 0);
        var forMethods = Math.Clamp(Math.Max(rows / 3, rows - connections), methods > 0 && rows > 0 ? 1 : 0, methods);
        return new WatchRows(Math.Clamp(rows - forMethods, 0, connections), forMethods);
    }

    private static int HeightOf(int rows) => rows == 0 ? 0 : Frame + rows;
}
