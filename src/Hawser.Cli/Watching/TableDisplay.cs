using Spectre.Console;

namespace Hawser.Cli.Watching;

/// <summary>Shows the last snapshot on a terminal, in place of the one before.</summary>
/// <remarks>Spectre's live display keeps the widest and the tallest that it has drawn: on a terminal that has become smaller it would lose the first line.</remarks>
/// <param name="address">Where the node is.</param>
/// <param name="console">The terminal.</param>
internal sealed class TableDisplay(string address, IAnsiConsole console) : IWatchDisplay
{
    private const string EraseScreen = "\e[2J\e[H";

    private ServerSnapshot? last;
    private (int Width, int Height, int Lines)? drawn;

    /// <summary>Nothing has come yet.</summary>
    public void ShowConnecting() => Draw("connecting", reason: null);

    public void ShowSnapshot(ServerSnapshot snapshot)
    {
        last = snapshot;
        Draw("ready", reason: null);
    }

    public void ShowWaiting(string state, ChannelState channel, string reason) => Draw($"{state} ({WatchFormat.State(channel)})", reason);

    private void Draw(string state, string? reason)
    {
        var screen = new WatchScreen(address, state, last, reason, isBounded: true);
        var (width, height) = (console.Profile.Width, console.Profile.Height);
        if (drawn is { } before)
            console.Write(new ControlCode((before.Width, before.Height) == (width, height) ? EraseAbove(before.Lines) : EraseScreen));
        console.Write(screen);
        drawn = (width, height, screen.GetSegments(console).Sum(segment => segment.Text.Count(letter => letter == '\n')));
    }

    private static string EraseAbove(int lines) => $"\r\e[{lines}A\e[J";
}
