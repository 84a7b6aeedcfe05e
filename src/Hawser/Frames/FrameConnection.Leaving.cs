namespace Hawser.Frames;

/// <summary>How a channel learns that a connection is of no more use, and how it lets go of one.</summary>
internal sealed partial class FrameConnection
{
    private readonly TaskCompletionSource unusable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool leavesWhenIdle;
    private volatile bool hasEndedIdle;

    /// <summary>Ends when no new calls can be started any more: the peer is going away, or the link has ended.</summary>
    public Task Unusable => unusable.Task;

    /// <summary>Whether the link was closed because nobody used it, so that there is no need for another.</summary>
    public bool HasEndedIdle => hasEndedIdle;

    /// <summary>Whether one side has said that no new calls go over it; a link that was closed without that word was not left, but lost.</summary>
    public bool IsBeingLeft => leavesWhenIdle;

    /// <summary>Closes the link once the last call on it has ended.</summary>
    public void LeaveWhenIdle()
    {
        leavesWhenIdle = true;
        unusable.TrySetResult();
        LeaveIfIdle();
    }

    /// <summary>Closes a link that nobody calls over. Calls of the peer that cross the word of it were not run; one that came before is finished.</summary>
    private async Task LeaveIdleAsync(string reason)
    {
        lock (first.Output.Gate)
        {
            if (Volatile.Read(ref ownInFlight) > 0 || waitingCount > 0)
                return;
            SetEnd(StatusCode.Ok, reason);
            startsNoCalls = true;
        }

        hasEndedIdle = true;
        GoAway(reason, StatusCode.Ok);
        await Drained.ConfigureAwait(false);
        await CloseAsync(StatusCode.Ok, reason).ConfigureAwait(false);
    }

    /// <summary>Closes the link unless bytes arrive in time: what a channel does when the network has changed below it.</summary>
    public async Task ProbeAsync(TimeSpan patience)
    {
        var received = first.BytesReceived;
        using var timeout = new CancellationTokenSource(patience, TimeProvider);
        try
        {
            await PingAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Other bytes than the answer are a sign of life as well.
            if (first.BytesReceived == received)
                Abort($"there was no sign of life within {patience.TotalSeconds:0.###} s after the network had changed");
        }
        catch (RpcException)
        {
            // The connection has ended meanwhile.
        }
    }

    /// <summary>Has another thread close the link if no call is left: whoever ends the last one holds a lane's gate, and has its answer still to send.</summary>
    private void LeaveIfIdle()
    {
        if (IsInitiator && CallsInFlight == 0 && Volatile.Read(ref waitingCount) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Leave(), this, preferLocal: false);
    }

    private Status WhyNoCalls() => new(
        StatusCode.Unavailable,
        isPeerGoingAway
            ? $"{RemoteAddress} takes no new calls: {peerGoingAwayReason.TrimEnd('.')}. The call was not run."
            : $"The connection to {RemoteAddress} is being closed: {EndReason.TrimEnd('.')}. The call was not run.");

    private void Leave()
    {
        if (CallsInFlight == 0 && Volatile.Read(ref waitingCount) == 0)
            _ = CloseAsync(StatusCode.Ok, IsPeerGoingAway ? "the peer is going away, and no call is left" : "the channel is leaving, and no call is left");
    }
}
