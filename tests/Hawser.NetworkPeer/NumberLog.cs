namespace Hawser.NetworkPeer;

/// <summary>Reads the server's numbers, a stream that goes on after the last one whenever the connection was lost.</summary>
internal sealed class NumberLog
{
    private long received;
    private int gaps;
    private int breaks;
    private volatile string? lastFailure;

    public long Received => Volatile.Read(ref received);

    public int Gaps => Volatile.Read(ref gaps);

    public int Breaks => Volatile.Read(ref breaks);

    public string? LastFailure => lastFailure;

    public async Task ReadUntilAsync(HawserChannel channel, CancellationToken stopping)
    {
        channel.StateChanged += OnStateChanged;
        var next = 0L;
        try
        {
            var options = new CallOptions { CancellationToken = stopping, WaitForReady = true };
            await foreach (var number in channel.ResumeAsync<long, long>("Test/Numbers", next, static last => last + 1, options))
            {
                if (number != next)
                    gaps++;
                next = number + 1;
                received++;
            }
        }
        catch (OperationCanceledException)
        {
            channel.StateChanged -= OnStateChanged;
        }
    }

    private void OnStateChanged(object? sender, ChannelStateChangedEventArgs change)
    {
        if (change is not { Previous: ChannelState.Ready, Current: ChannelState.BackingOff })
            return;
        lastFailure = change.Reason?.Text;
        breaks++;
    }
}
