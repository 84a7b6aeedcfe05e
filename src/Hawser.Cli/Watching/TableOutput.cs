using Spectre.Console;

namespace Hawser.Cli.Watching;

/// <summary>Shows one snapshot as tables, and does not come back to it.</summary>
internal sealed class TableOutput(string address) : IWatchDisplay
{
    public void ShowSnapshot(ServerSnapshot snapshot) =>
        AnsiConsole.Write(new WatchScreen(address, "ready", snapshot, reason: null, isBounded: false));

    public void ShowWaiting(string state, ChannelState channel, string reason) =>
        AnsiConsole.Write(new WatchScreen(address, $"{state} ({WatchFormat.State(channel)})", snapshot: null, reason, isBounded: false));
}
