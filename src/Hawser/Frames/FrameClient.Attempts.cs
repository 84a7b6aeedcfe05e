namespace Hawser.Frames;

/// <summary>One attempt after another to make a connection that the application takes.</summary>
internal sealed partial class FrameClient
{
    private async Task<FrameConnection> ConnectAsync()
    {
        // Others take the gate to wait for this attempt; it must not run under it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            CancellationTokenSource stop;
            lock (Gate)
            {
                isReset = false;
                if (IsLeaving)
                    throw Gone();
                stop = reset = CancellationTokenSource.CreateLinkedTokenSource(Disposing);
            }

            try
            {
                if (await TryConnectAsync(stop).ConfigureAwait(false) is { } connection)
                    return connection;
            }
            finally
            {
                lock (Gate)
                {
                    // The next attempt may have begun: this one began it when it failed.
                    if (ReferenceEquals(reset, stop))
                        reset = null;
                    stop.Dispose();
                }
            }
        }
    }

    /// <summary>Makes a connection and shows it to the application.</summary>
    /// <returns>Null when the channel was reset or disposed meanwhile.</returns>
    /// <exception cref="RpcException">No server can be reached, or the application does not want this one.</exception>
    private async Task<FrameConnection?> TryConnectAsync(CancellationTokenSource stop)
    {
        FrameConnection connection;
        try
        {
            connection = await attempts.MakeAsync(dialer.DialAsync, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // Also what a transport of the application's should not throw: the channel must come back all the same.
            lock (Gate)
                throw Failed(exception);
        }

        return await TryAdoptAsync(connection, stop).ConfigureAwait(false) ? connection : null;
    }

    /// <summary>Shows a new connection to the application, and makes it the channel's.</summary>
    /// <returns>False when the channel was reset or disposed meanwhile.</returns>
    /// <exception cref="RpcException">The application refused it.</exception>
    private async Task<bool> TryAdoptAsync(FrameConnection connection, CancellationTokenSource stop)
    {
        RpcException? refusal = null;
        try
        {
            await callbacks.OpenedAsync(connection, stop.Token).ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            refusal = exception;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The callback was told to give up, and did, in whatever way.
        }

        lock (Gate)
        {
            if (refusal is null && !isReset && !stop.IsCancellationRequested && !IsLeaving)
            {
                backoff.Opened();
                current = connection;
                connections.Add(connection, LiveAsync(connection));
                Status.Enter(ChannelState.Ready);
                return true;
            }
        }

        if (refusal is not null)
            throw await RefusedAsync(connection, refusal).ConfigureAwait(false);
        var reason = new Status(StatusCode.Unavailable, $"The connection to {connection.RemoteAddress} was closed: the channel was {(IsLeaving ? "closed" : "reset")}.");
        await connection.CloseAsync(StatusCode.Ok, reason.Text).ConfigureAwait(false);
        await connection.Ended.ConfigureAwait(false);
        var (delay, isChosen) = await callbacks.ClosedAsync(connection, reason, IsLeaving ? null : TimeSpan.Zero).ConfigureAwait(false);
        if (isChosen)
            await PauseAsync(reason, delay!.Value).ConfigureAwait(false);
        return false;
    }

    /// <summary>The application does not want a connection.</summary>
    private async Task<RpcException> RefusedAsync(FrameConnection connection, RpcException refusal)
    {
        await connection.CloseAsync(refusal.Code, refusal.Status.Text).ConfigureAwait(false);
        await connection.Ended.ConfigureAwait(false);
        var status = new Status(refusal.Code, $"{refusal.Status.Text.TrimEnd('.')}. The call was not run.", refusal.Status.Details) { IsConnectFailure = true };
        TimeSpan? proposed = IsLeaving ? null : backoff.Failed(status);
        var (delay, isChosen) = await callbacks.ClosedAsync(connection, status, proposed).ConfigureAwait(false);
        lock (Gate)
        {
            if (IsLeaving)
                return Gone();
            if (isChosen)
                backoff.Insist(delay!.Value, status);
            ConnectLater(status, delay);
        }

        return new RpcException(status, innerException: refusal) { NotRun = true };
    }

    /// <summary>Lets the delay pass that the application has chosen, within an attempt.</summary>
    private async Task PauseAsync(Status reason, TimeSpan delay)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Disposing);
        lock (Gate)
        {
            if (IsLeaving)
                return;
            reset = ended;
            Status.Enter(ChannelState.BackingOff, reason, delay);
        }

        await Task.Delay(delay, Options.TimeProvider, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (Gate)
        {
            reset = null;
            if (!IsLeaving)
                Status.Enter(ChannelState.Connecting);
        }
    }

    /// <summary>Notes that an attempt failed. Under the gate.</summary>
    private RpcException Failed(Exception exception)
    {
        if (IsLeaving)
            return Gone();
        var status = exception switch
        {
            RpcException failure => new Status(failure.Code, failure.Status.Text) { IsConnectFailure = true },
            ServerRefusalException refusal => Unreached(refusal.Status.Code, refusal),
            _ => Unreached(StatusCode.Unavailable, exception),
        };
        ConnectLater(status, backoff.Failed(status, isFinal: exception is PermanentFailureException or ArgumentException));
        return new RpcException(status, innerException: exception) { NotRun = true };
    }
}
