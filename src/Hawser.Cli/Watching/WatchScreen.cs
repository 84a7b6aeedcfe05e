using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hawser.Cli.Watching;

/// <summary>What is known of a node, for a terminal of any size: the state of the connection stands at the top, whatever there is room for below it.</summary>
/// <param name="address">Where the node is.</param>
/// <param name="state">How the connection to it is.</param>
/// <param name="snapshot">The last that was seen of it; null before the first.</param>
/// <param name="reason">Why it cannot be seen now; null when it can.</param>
/// <param name="isBounded">Whether it must not be taller than the terminal.</param>
internal sealed class WatchScreen(string address, string state, ServerSnapshot? snapshot, string? reason, bool isBounded) : Renderable
{
    private static readonly WatchTable<ConnectionSnapshot> Connections = new(
        "Connection",
        NameOf,
        new("Age", 5, 5, connection => WatchFormat.Age(connection.AgeSeconds)),
        new("Served", 6, 9, connection => WatchFormat.Number(connection.CallsServed)),
        new("Started", 7, 7, connection => WatchFormat.Number(connection.CallsStarted)),
        new("In flight", 2, 9, connection => WatchFormat.Number(connection.CallsInFlight)),
        new("Calls/s", 1, 8, connection => WatchFormat.Rate(connection.CallsPerSecond)),
        new("In", 3, 10, connection => WatchFormat.BytesPerSecond(connection.BytesReceivedPerSecond)),
        new("Out", 3, 10, connection => WatchFormat.BytesPerSecond(connection.BytesSentPerSecond)),
        new("Round trip", 4, 10, connection => WatchFormat.Milliseconds(connection.RoundTripMilliseconds)));

    private static readonly WatchTable<MethodSnapshot> Methods = new(
        "Method",
        static (method, width) => Escape(WatchFormat.Shorten(method.Name, width)),
        new("Calls/s", 1, 8, method => WatchFormat.Rate(method.CallsPerSecond)),
        new("Ended", 4, 9, method => WatchFormat.Number(method.CallsEnded)),
        new("Failed", 2, 7, method => WatchFormat.Number(method.CallsFailed)),
        new("Mean", 3, 10, method => WatchFormat.Milliseconds(method.MeanMilliseconds)));

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        // The last line of the terminal is left to its cursor.
        var height = isBounded ? Math.Max(1, options.ConsoleSize.Height - 1) : int.MaxValue;
        var lines = Lines(Head(maxWidth), options, maxWidth);
        if (snapshot is not null)
        {
            var hidden = snapshot.ConnectionCount - snapshot.Connections.Count;
            var rows = WatchRows.Fit(height - lines.Count, snapshot.Connections.Count, snapshot.Methods.Count, hidden);
            if (rows.Connections > 0)
                lines.AddRange(Lines(DrawConnections(snapshot, rows.Connections, maxWidth), options, maxWidth));
            if (rows.Methods > 0)
                lines.AddRange(Lines(DrawMethods(snapshot, rows.Methods, maxWidth), options, maxWidth));
        }

        return lines.Take(height).SelectMany(static line => line.Append(Segment.LineBreak));
    }

    private Rows Head(int width)
    {
        var colour = string.Equals(state, "ready", StringComparison.Ordinal) ? "green" : "yellow";
        var first = new Markup($"[bold]{Escape(address)}[/]  [{colour}]{state}[/]{(reason is null ? "" : $": {Escape(reason)}")}");
        return snapshot is null
            ? new Rows(first)
            : new Rows([first, .. WatchFormat.FoldTotals(reason is null ? "" : "before: ", snapshot, width).Select(line => new Text(line))]);
    }

    private static IRenderable DrawConnections(ServerSnapshot snapshot, int rows, int width)
    {
        var more = snapshot.ConnectionCount - rows;
        return Connections.Draw([.. snapshot.Connections.Take(rows)], more > 0 ? $"and {WatchFormat.Number(more)} more, less busy" : null, width);
    }

    private static IRenderable DrawMethods(ServerSnapshot snapshot, int rows, int width)
    {
        var more = snapshot.Methods.Count - rows;
        return Methods.Draw([.. snapshot.Methods.Take(rows)], more > 0 ? $"and {WatchFormat.Number(more)} more, called less" : null, width);
    }

    private static string NameOf(ConnectionSnapshot connection, int width)
    {
        const string This = "this watch";
        var remote = connection.RemoteAddress;
        if (!connection.IsWatcher)
            return Escape(WatchFormat.Shorten(remote, width));
        return remote.Length + This.Length + 3 <= width ? $"{Escape(remote)} [dim]({This})[/]" : $"[dim]{WatchFormat.Shorten(This, width)}[/]";
    }

    private static List<SegmentLine> Lines(IRenderable part, RenderOptions options, int width) => Segment.SplitLines(part.Render(options, width), width);

    /// <summary>What a peer chose must not steer the terminal.</summary>
    private static string Escape(string text) => Markup.Escape(Failure.OneLine(text));
}
