namespace Hawser.Cli.Watching;

/// <summary>Where <c>hawser watch</c> shows what it sees. Called by one thread at a time.</summary>
internal interface IWatchDisplay
{
    /// <summary>The node has sent a snapshot.</summary>
    void ShowSnapshot(ServerSnapshot snapshot);

    /// <summary>The node is not there, and is waited for.</summary>
    /// <param name="state"><c>connecting</c> before the first connection, <c>reconnecting</c> after it.</param>
    /// <param name="channel">What the channel does about it.</param>
    /// <param name="reason">Why it is gone, or cannot be reached.</param>
    void ShowWaiting(string state, ChannelState channel, string reason);
}
