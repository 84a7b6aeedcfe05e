namespace Hawser.Cli.Watching;

/// <summary>Shows the totals of each snapshot in one line of text: for files and pipes.</summary>
internal sealed class LineDisplay(LineOutput output) : IWatchDisplay
{
    public void ShowSnapshot(ServerSnapshot snapshot) => output.WriteLine(WatchFormat.Totals(snapshot));

    public void ShowWaiting(string state, ChannelState channel, string reason) => output.WriteLine(Failure.OneLine($"{state} ({WatchFormat.State(channel)}): {reason}"));
}
