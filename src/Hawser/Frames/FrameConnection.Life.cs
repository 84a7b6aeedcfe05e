namespace Hawser.Frames;

/// <summary>Whether the peer is accepted, what is known of the end, and when the last of its handlers is done.</summary>
internal sealed partial class FrameConnection
{
    private readonly TaskCompletionSource quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StatusCode endCode = StatusCode.Unavailable;
    private bool isDeciding;
    private bool prefaceSent;
    private string serverAddress = "";

    public override Status? CloseStatus => Volatile.Read(ref state) == (int)State.Ended ? new Status(endCode, EndReason) : null;

    /// <summary>How the peer refused this side, if it did so instead of saying hello.</summary>
    public Status? Refusal { get; private set; }

    /// <summary>Ends when the link has ended and every handler of the peer's calls has, too.</summary>
    public Task Quiet => quiet.Task;

    public override async Task CloseAsync(Status reason, TimeSpan drain = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentOutOfRangeException.ThrowIfLessThan(drain, TimeSpan.Zero);
        var text = reason.Text.Length == 0 ? "it was closed on purpose" : reason.Text;
        if (drain > TimeSpan.Zero)
        {
            await DrainAsync(text).WaitAsync(FrameLimits.TimerDue(drain), TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await CloseAsync(reason.Code, text).ConfigureAwait(false);
    }

    /// <summary>Has queued notifications leave, tells the peer that this side takes no new calls, and waits for those in flight.</summary>
    public async Task DrainAsync(string reason)
    {
        // A peer that knows of it hangs up once it has no call in flight, which it may have none of between two notifications.
        await OutboxEmpty.ConfigureAwait(false);
        GoAway(reason);
        await Drained.ConfigureAwait(false);
    }

    internal override Status NotOpen() => Volatile.Read(ref state) == (int)State.Handshaking
        ? new Status(StatusCode.Unavailable, $"The connection to {RemoteAddress} is not open yet.")
        : new Status(StatusCode.Unavailable, $"The connection to {RemoteAddress} has ended: {EndReason.TrimEnd('.')}.");

    /// <summary>Notes why the link ends, unless that is known already.</summary>
    private void SetEnd(StatusCode code, string reason)
    {
        if (Interlocked.CompareExchange(ref endReason, reason, null) is null)
            endCode = code == StatusCode.Ok && reason.Length == 0 ? StatusCode.Unavailable : code;
    }

    /// <summary>Waits for the peer's hello. A side that gives up the moment it comes is too late, and open.</summary>
    private async Task ReadHelloAsync(CancellationToken over, CancellationToken stopping)
    {
        try
        {
            await hello.Task.WaitAsync(over).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!isDeciding)
        {
            if (!IsOpen && !IsInitiator)
                await GoAwayUnopenedAsync(stopping.IsCancellationRequested).ConfigureAwait(false);
            if (!IsOpen)
                throw;
        }
    }

    private async ValueTask<Status> DecideAsync(Func<CancellationToken, ValueTask<Status>> decide, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed.Token);
        var verdict = await decide(either.Token).ConfigureAwait(false);

        if (!verdict.IsOk)
            return verdict;
        lock (first.Output.Gate)
        {
            // The peer may call as soon as it has read the hello, so this side must be open by then; and once it is open, others send, for whom the hello must be first.
            if (!TryEnterOpen())
                return verdict;
            AppendPreface();
        }

        TellOpened();
        if (IsGoingAway)
            AnnounceGoingAway(GoingAwayReason);
        first.Output.Flush();
        SignalRoom();
        return verdict;
    }

    private bool TryEnterOpen()
    {
        serverAddress = IsInitiator ? RemoteAddress : LocalAddress;
        return Interlocked.CompareExchange(ref state, (int)State.Open, (int)State.Handshaking) == (int)State.Handshaking;
    }

    private void TellOpened()
    {
        Log.ConnectionOpened(settings.Logger, RemoteAddress, Peer.Software);
        ConnectionMetrics.Opened(Tracing.HawserSystem, IsInitiator, serverAddress);
    }

    /// <summary>Tells of the end of a connection that had been opened.</summary>
    private void CountEnd() => ConnectionMetrics.Ended(Tracing.HawserSystem, IsInitiator, serverAddress, endCode);

    /// <summary>A side that closes instead of saying hello still says what it speaks. Under the gate.</summary>
    private void AppendBarePreface()
    {
        if (prefaceSent)
            return;
        prefaceSent = true;
        Preface.Write(first.Output.GetSpan(Preface.Size));
        first.Output.Advance(Preface.Size);
    }

    /// <summary>Called at the end of the link and of each call after it.</summary>
    private void SignalWhenQuiet()
    {
        // A call that is given up counts as abandoned before it stops counting as in flight, so these are read in the other order.
        if (Volatile.Read(ref state) != (int)State.Ended || ServesCalls || AbandonedHandlers > 0)
            return;

        // A server has its close callback run first. The caller may hold a gate here, and what ends with the connection runs user code.
        if (quiet.TrySetResult() && IsInitiator)
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.EndContext(), this, preferLocal: false);
    }
}
