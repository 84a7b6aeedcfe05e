using System.Threading.Channels;
using Hawser.Cli.Watching;

namespace Hawser.Cli.Tests.Watching;

/// <summary>Keeps what a watch shows, in order, for a test to take one by one.</summary>
internal sealed class RecordedDisplay : IWatchDisplay
{
    private readonly Channel<(string State, string? Reason, ServerSnapshot? Snapshot)> shown = Channel.CreateUnbounded<(string, string?, ServerSnapshot?)>();

    public void ShowSnapshot(ServerSnapshot snapshot) => shown.Writer.TryWrite(("ready", null, snapshot));

    public void ShowWaiting(string state, ChannelState channel, string reason) => shown.Writer.TryWrite((state, reason, null));

    /// <summary>Takes what was shown until a state comes.</summary>
    public async Task<(string? Reason, ServerSnapshot? Snapshot)> NextAsync(string state, CancellationToken cancellationToken)
    {
        await foreach (var one in shown.Reader.ReadAllAsync(cancellationToken))
        {
            if (one.State == state)
                return (one.Reason, one.Snapshot);
        }

        throw new InvalidOperationException($"It never was {state}.");
    }
}
