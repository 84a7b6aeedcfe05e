using System.Globalization;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Watching;

/// <summary>The figures of a snapshot, for people. What is not known is a dash.</summary>
internal static class WatchFormat
{
    private const string Unknown = "–";
    private const string Between = " · ";

    /// <summary>The totals of a snapshot in one line.</summary>
    public static string Totals(ServerSnapshot snapshot) => string.Join(Between, TotalsOf(snapshot));

    /// <summary>The totals of a snapshot in as many lines as they need, broken between two of them.</summary>
    /// <param name="before">Stands before the first.</param>
    /// <param name="snapshot">What they are of.</param>
    /// <param name="width">How many characters a line may have.</param>
    public static IEnumerable<string> FoldTotals(string before, ServerSnapshot snapshot, int width)
    {
        var line = "";
        foreach (var total in TotalsOf(snapshot))
        {
            if (line.Length == 0)
            {
                line = before + total;
            }
            else if (line.Length + Between.Length + total.Length <= width)
            {
                line += Between + total;
            }
            else
            {
                yield return line;
                line = total;
            }
        }

        yield return line;
    }

    public static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Rate(double? perSecond) => perSecond is { } value ? value.ToString(value is > 0 and < 10 ? "0.#" : "#,0", CultureInfo.InvariantCulture) : Unknown;

    public static string BytesPerSecond(double? perSecond) => perSecond is { } value ? $"{ByteSize.Format(value)}/s" : Unknown;

    public static string Milliseconds(double? milliseconds) => milliseconds is { } value ? Duration.Format(TimeSpan.FromMilliseconds(value)) : Unknown;

    public static string Age(double? seconds) => seconds is { } value ? Duration.FormatClock(TimeSpan.FromSeconds(value)) : Unknown;

    /// <summary>The state of a channel as the guides write it.</summary>
    public static string State(ChannelState state) => state switch
    {
        ChannelState.Idle => "idle",
        ChannelState.Connecting => "connecting",
        ChannelState.Ready => "ready",
        ChannelState.BackingOff => "backing off",
        ChannelState.Draining => "draining",
        _ => "closed",
    };

    /// <summary>Leaves out the middle of a text that is too long: the ends of addresses and of methods tell them apart.</summary>
    public static string Shorten(string text, int width)
    {
        if (text.Length <= width)
            return text;
        var end = (width - 1) / 2;
        return $"{text[..(width - 1 - end)]}…{text[(text.Length - end)..]}";
    }

    private static string[] TotalsOf(ServerSnapshot snapshot) =>
    [
        Count(snapshot.ConnectionCount, "connection"),
        $"{Count(snapshot.CallsInFlight, "call")} in flight",
        $"{Rate(snapshot.CallsPerSecond)} calls/s",
        $"{Rate(snapshot.FailuresPerSecond)} failed/s",
        $"in {BytesPerSecond(snapshot.BytesReceivedPerSecond)}",
        $"out {BytesPerSecond(snapshot.BytesSentPerSecond)}",
    ];

    private static string Count(long number, string what) => $"{Number(number)} {what}{(number == 1 ? "" : "s")}";
}
