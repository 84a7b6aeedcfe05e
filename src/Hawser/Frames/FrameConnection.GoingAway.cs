namespace Hawser.Frames;

/// <summary>Telling the peer which of its calls were certainly not run, and being told.</summary>
internal sealed partial class FrameConnection
{
    private int goingAwayAnnounced;
    private bool closeSent;

    /// <summary>
    /// Gives up the wait for a peer's hello that has this side's, and may be calling. What it calls is refused from now on. Its own hello is on its way all the same: a side that
    /// stops reads it, because calls on lanes of their own are refused there, and only by a side that knows what the peer takes.
    /// </summary>
    private async Task GoAwayUnopenedAsync(bool isStopping)
    {
        if (!isStopping)
        {
            GoAway("the handshake took too long");
            return;
        }

        GoAway("the server is stopping");
        await hello.Task.WaitAsync(CloseTimeout, TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Before a link is closed that its peer may be calling on although nobody here has read a call: the peer has the hello as soon as it is sent, and may be ahead of
    /// a server that stops while it still waits for the peer's own. Without a word those calls would count as having run perhaps.
    /// </summary>
    private void RefuseWhatFollows(string reason)
    {
        if (!prefaceSent || (IsOpen && !isGoingAway))
            return;
        if (!isGoingAway)
            GoAway(reason);
        AnnounceGoingAway(reason);
    }

    /// <summary>Before a call is refused because this side is going away: a peer that has not heard of it would only try again here.</summary>
    public void AnnounceGoingAway()
    {
        if (AnnounceGoingAway(GoingAwayReason))
            first.Output.FlushSoon(alone: true);
    }

    /// <summary>
    /// The peer refuses a call on its own lane as one who is going away. The word itself comes over the first lane, and between lanes there is no order: a call that is tried again must not meet the
    /// same refusal until it does.
    /// </summary>
    public void OnRefusedOnOwnLane()
    {
        if (isPeerGoingAway)
            return;
        StartNoCalls("it refuses calls");
        RefuseWaiting(WhyNoCalls());
        LeaveWhenIdle();
    }

    /// <summary>Names the last call of the peer that is run, once.</summary>
    /// <returns>Whether this was the once.</returns>
    private bool AnnounceGoingAway(string reason, StatusCode code = StatusCode.Unavailable)
    {
        lock (first.Output.Gate)
        {
            // A peer that has no hello from this side cannot have called, and takes nothing but that or CLOSE, behind which nothing follows.
            if (!prefaceSent || closeSent || Interlocked.Exchange(ref goingAwayAnnounced, 1) != 0)
                return false;
            var text = FrameLane.TextBytes(reason, FrameLimits.MaxReason);

            // One that is being refused in this moment is not named: its refusal may come too late, behind CLOSE.
            AppendFrame(FrameType.GoingAway, text.Length + (3 * Varint.MaxSize), text, (first.FindLastAccepted(), (ulong)code));
            return true;
        }
    }

    private void StartNoCalls(string peersReason)
    {
        peerGoingAwayReason = peersReason;
        lock (first.Output.Gate)
        {
            isPeerGoingAway = true;
            startsNoCalls = true;
        }
    }
}
