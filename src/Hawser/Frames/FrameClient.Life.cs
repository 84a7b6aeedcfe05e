namespace Hawser.Frames;

/// <summary>When a connection is wanted, and what follows when it is lost. States and edges are drawn in <c>docs/states.md</c>.</summary>
internal sealed partial class FrameClient
{
    private readonly Dictionary<FrameConnection, Task> connections = [];

    // The last attempt, what gives it up when the channel is reset, and what begins the next one.
    private Task<FrameConnection>? connecting;
    private CancellationTokenSource? reset;
    private ITimer? retry;

    // The connection that was the current one, while its end is waited for and the application is told; nobody connects meanwhile.
    private FrameConnection? closing;
    private TaskCompletionSource? closed;
    private bool isReset;

    private bool IsConnecting => connecting is { IsCompleted: false };

    internal override void Reset()
    {
        FrameConnection? dropped = null;
        lock (Gate)
        {
            if (IsLeaving)
                return;
            backoff.Clear();
            isReset = current is not null || closing is not null || IsConnecting;
            if (current is not null)
                BeginClosing(dropped = current);
            else if (IsConnecting)
                _ = reset?.CancelAsync();
            else if (closing is null)
                _ = StartConnecting();
        }

        dropped?.Abort("the channel was reset");
    }

    internal override void NetworkChanged()
    {
        FrameConnection? doubted;
        lock (Gate)
        {
            if (IsLeaving)
                return;
            doubted = current;
            if (doubted is null && Status.State == ChannelState.BackingOff && closing is null && !IsConnecting)
            {
                backoff.Clear();
                _ = StartConnecting();
            }
        }

        if (doubted is null)
            return;
        if (NetworkWatch.HasLost(doubted.LocalAddress))
            doubted.Abort("the network has changed: this machine no longer has the address that it was made from");
        else
            _ = doubted.ProbeAsync(Options.Reconnect.NetworkPatience);
    }

    internal override async Task DrainAsync()
    {
        Task[] open;
        FrameConnection[] leaving;
        lock (Gate)
        {
            BeginDraining();
            retry?.Dispose();
            current = null;
            _ = reset?.CancelAsync();
            leaving = [.. connections.Keys];
            open = [.. connections.Values];
        }

        foreach (var connection in leaving)
        {
            connection.GoAway("the channel is draining");
            connection.LeaveWhenIdle();
        }

        await Task.WhenAll(open).ConfigureAwait(false);
    }

    protected override async Task CloseAsync()
    {
        Task? pending;
        lock (Gate)
        {
            pending = connecting;
            current = null;
            retry?.Dispose();
        }

        if (pending is not null)
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        (FrameConnection Connection, Task Life)[] open;
        lock (Gate)
            open = [.. connections.Select(static one => (one.Key, one.Value))];
        await Task.WhenAll(open.Select(static one => one.Connection.CloseAsync(StatusCode.Ok, "the channel was disposed"))).ConfigureAwait(false);
        await Task.WhenAll(open.Select(static one => one.Life)).ConfigureAwait(false);
    }

    /// <summary>What somebody who wants a connection waits for: the attempt to make one, or something after which to look again.</summary>
    /// <exception cref="RpcException">There is none, and none will be made for now.</exception>
    private (Task<FrameConnection>? Attempt, Task? Pause) Approach(bool waitForReady)
    {
        lock (Gate)
        {
            if (IsLeaving)
                throw Gone();
            if (current is { IsUsable: true } open)
                return (Task.FromResult(open), null);

            // It was lost, or is being left, a moment ago, and what follows from that comes first: there is one connection at a time.
            if (current is not null)
                return (null, Status.NextChange);
            if (connecting is { IsCompleted: false } attempt)
                return (attempt, null);
            if (closed is not null)
                return (null, closed.Task);
            if (backoff.TooSoon is not { } reason)
                return (StartConnecting(), null);
            if (!waitForReady || !IsWorthWaiting(reason))
                throw new RpcException(reason) { NotRun = true };
            return (null, Status.NextChange);
        }
    }

    /// <summary>Whether the next attempt may end otherwise: not when the server cannot be spoken to at all, or says that it does not want this caller.</summary>
    private bool IsWorthWaiting(Status reason) =>
        reason.Code is StatusCode.Unavailable or StatusCode.ResourceExhausted && backoff.TimeLeft != Timeout.InfiniteTimeSpan && !IsLeaving;

    /// <summary>Begins an attempt. Under the gate, while there is none.</summary>
    private Task<FrameConnection> StartConnecting()
    {
        retry?.Dispose();
        retry = null;
        Status.Enter(ChannelState.Connecting);
        connecting = ConnectAsync();

        // Perhaps nobody waits for it; the state tells how it ended.
        _ = connecting.ContinueWith(static attempt => attempt.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return connecting;
    }

    /// <summary>Has the next attempt made in a while. Under the gate.</summary>
    /// <param name="reason">Why not now.</param>
    /// <param name="delay">The while; null when another attempt is of no use.</param>
    /// <param name="isAskedFor">Whether it is made without delay also by a channel that need not stay connected.</param>
    private void ConnectLater(Status reason, TimeSpan? delay, bool isAskedFor = false)
    {
        ChannelLog.BackingOff(Options.LoggerFactory.CreateLogger("Hawser.Channel"), Peer, ChannelState.BackingOff, reason.Text, delay);
        if (delay == TimeSpan.Zero && (isAskedFor || Options.Reconnect.KeepConnected))
        {
            _ = StartConnecting();
            return;
        }

        retry?.Dispose();
        retry = delay is { } time ? Options.TimeProvider.CreateTimer(static client => ((FrameClient)client!).OnRetry(), this, time, Timeout.InfiniteTimeSpan) : null;
        Status.Enter(ChannelState.BackingOff, reason, delay);
    }

    private void OnRetry()
    {
        lock (Gate)
        {
            if (IsLeaving || Status.State != ChannelState.BackingOff)
                return;

            // The timer and the clock may differ by a hair; those who wait for this must not find it too soon.
            backoff.Waited();
            if (Options.Reconnect.KeepConnected)
                _ = StartConnecting();
            else
                Status.Enter(ChannelState.Idle);
        }
    }

    /// <summary>Waits for the end of a connection, and sees to it that there will be another.</summary>
    private async Task LiveAsync(FrameConnection connection)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await connection.Unusable.ConfigureAwait(false);
        if (connection.IsBeingLeft && connection.IsPeerGoingAway && !connection.HasEndedIdle)
            LeaveFor(connection);
        await connection.Ended.ConfigureAwait(false);
        var reason = new Status(StatusCode.Unavailable, $"The connection to {connection.RemoteAddress} was lost: {connection.EndReason.TrimEnd('.')}.") { IsConnectFailure = true };
        TimeSpan? delay;
        lock (Gate)
            delay = EndedWith(connection, reason);
        var (next, isChosen) = await callbacks.ClosedAsync(connection, reason, delay).ConfigureAwait(false);
        lock (Gate)
        {
            connections.Remove(connection);
            if (ReferenceEquals(closing, connection))
                EndClosing(reason, next, isChosen);
        }
    }

    /// <summary>A connection has ended. Under the gate.</summary>
    /// <returns>The delay that is proposed before the next attempt, when one follows from this.</returns>
    private TimeSpan? EndedWith(FrameConnection connection, Status reason)
    {
        if (ReferenceEquals(current, connection))
        {
            if (IsLeaving || connection.HasEndedIdle)
            {
                current = null;
                if (!IsLeaving)
                    Status.Enter(ChannelState.Idle);
                return null;
            }

            BeginClosing(connection);
        }

        if (!ReferenceEquals(closing, connection) || IsLeaving)
            return null;
        return isReset ? TimeSpan.Zero : backoff.Lost(reason);
    }

    /// <summary>The current connection is none any more. Under the gate.</summary>
    private void BeginClosing(FrameConnection connection)
    {
        current = null;
        closing = connection;
        closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The application has been told of the end of the connection. Under the gate.</summary>
    private void EndClosing(Status reason, TimeSpan? delay, bool isChosen)
    {
        var isAskedFor = isReset && !isChosen;
        closing = null;
        isReset = false;
        if (!IsLeaving)
        {
            if (isChosen)
                backoff.Insist(delay!.Value, reason);
            ConnectLater(reason, isAskedFor ? TimeSpan.Zero : delay, isAskedFor);
        }

        closed!.SetResult();
        closed = null;
    }

    /// <summary>The server takes no new calls: those in flight go on, and the next ones want another connection.</summary>
    private void LeaveFor(FrameConnection connection)
    {
        lock (Gate)
        {
            if (!ReferenceEquals(current, connection) || IsLeaving)
                return;
            current = null;
            dialer.Avoid();
            var reason = new Status(StatusCode.Unavailable, $"{connection.RemoteAddress} is going away.");
            ConnectLater(reason, backoff.Left(reason));
        }
    }
}
