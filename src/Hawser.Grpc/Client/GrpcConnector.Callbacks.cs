namespace Hawser.Grpc.Client;

/// <summary>What the application is told of each link, and what it decides: whether it wants it, and when there is another.</summary>
internal sealed partial class GrpcConnector
{
    // What is made of one link at a time: the next waits until all has been told.
    private CancellationTokenSource? adopting;
    private TaskCompletionSource? told;
    private int untold;

    /// <summary>Ends when the application has been told of all that has happened.</summary>
    internal Task Told
    {
        get
        {
            lock (gate)
                return untold == 0 ? Task.CompletedTask : (told ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Shows a new link to the application, and makes it one of the channel's.</summary>
    /// <exception cref="ConnectFailedException">The application does not want it.</exception>
    /// <exception cref="LinkResetException">The channel was reset meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The channel was disposed, or HTTP wants no link any more.</exception>
    private async Task AdoptAsync(GrpcLink link, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (gate)
        {
            // Whoever disposes of the channel waits for what has to be told by then; nothing may be added to it.
            if (IsDisposed)
                link.Abort("the channel was disposed");
            disposing.Token.ThrowIfCancellationRequested();
            untold++;
            adopting = stop;
        }

        try
        {
            try
            {
                await callbacks.OpenedAsync(link.ConnectionFor(client), stop.Token).ConfigureAwait(false);
            }
            catch (RpcException refusal)
            {
                throw await RefusedAsync(link, refusal).ConfigureAwait(false);
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                // The callback was told to give up, and did, in whatever way.
            }

            if (!TryAdd(link, stop.Token))
                await GivenUpAsync(link, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
                adopting = null;
            ToldOne();
        }
    }

    private bool TryAdd(GrpcLink link, CancellationToken stop)
    {
        Action<GrpcLink>? made;
        lock (gate)
        {
            if (stop.IsCancellationRequested)
                return false;
            adopting = null;
            backoff.Opened();
            links.Insert(0, link);
            link.IsAccepted = true;
            link.OnReady(UpdateReady);
            made = linkMade;
            linkMade = null;
        }

        link.OnEnded(() => Ended(link));
        if (IsDisposed)
            link.Abort("the channel was disposed");
        made?.Invoke(link);
        _ = link.AbortUnlessReadyAsync(options.Limits.HandshakeTimeout, options.TimeProvider);
        return true;
    }

    /// <summary>The channel was reset or disposed while the application looked at a link, or HTTP wants it no more.</summary>
    private async Task GivenUpAsync(GrpcLink link, CancellationToken cancellationToken)
    {
        var isReset = !cancellationToken.IsCancellationRequested;
        link.Abort(isReset ? "the channel was reset" : IsDisposed ? "the channel was disposed" : "no call wants it any more");
        await TellClosedAsync(link, ReasonOf(link), isReset ? TimeSpan.Zero : null).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        throw new LinkResetException(ReasonOf(link).Text);
    }

    private async Task<ConnectFailedException> RefusedAsync(GrpcLink link, RpcException refusal)
    {
        link.Abort("the application refused it");
        var reason = new Status(refusal.Code, $"{refusal.Status.Text.TrimEnd('.')}. The call was not run.", refusal.Status.Details) { IsConnectFailure = true };
        var delay = await TellClosedAsync(link, reason, IsDisposed ? null : backoff.Failed(reason)).ConfigureAwait(false);
        EnterUnready(ChannelState.BackingOff, reason, delay);
        return new ConnectFailedException(reason, refusal);
    }

    /// <summary>A link of the channel's has ended. Nobody else knows yet, and nothing here takes time.</summary>
    private void Ended(GrpcLink link)
    {
        bool isLast;
        lock (gate)
        {
            if (!links.Remove(link))
                return;
            untold++;
            isLast = links.Count == 0;
        }

        UpdateReady();
        room.Release();
        _ = EndedAsync(link, isLast);
    }

    private async Task EndedAsync(GrpcLink link, bool isLast)
    {
        // A link on which the server has never answered was an attempt to connect that failed.
        var hasFailed = isLast && !link.HasAnswered && !link.IsReset && !IsDisposed;
        var reason = hasFailed ? link.Unanswered() : ReasonOf(link);
        TimeSpan? proposed = hasFailed ? backoff.Failed(reason)
            : !isLast || link.WasDisposedFirst || IsDisposed ? null
            : link.IsReset ? TimeSpan.Zero
            : backoff.Lost(reason);
        try
        {
            var delay = await TellClosedAsync(link, reason, proposed).ConfigureAwait(false);
            if (hasFailed)
                EnterUnready(ChannelState.BackingOff, reason, delay);
            else if (isLast && status.State == ChannelState.Connecting)
                EnterUnready(ChannelState.Idle);
        }
        finally
        {
            ToldOne();
        }
    }

    /// <summary>Tells the application of the end of a link, and does as it says about the next.</summary>
    /// <returns>The delay before the next attempt, if one is proposed.</returns>
    private async Task<TimeSpan?> TellClosedAsync(GrpcLink link, Status reason, TimeSpan? proposed)
    {
        var connection = link.ConnectionFor(client);
        var (delay, isChosen) = await callbacks.ClosedAsync(connection, reason, proposed).ConfigureAwait(false);
        connection.EndContext();
        if (!isChosen || IsDisposed)
            return delay;
        backoff.Insist(delay!.Value, reason);
        if (delay > TimeSpan.Zero)
            EnterUnready(ChannelState.BackingOff, reason, delay);
        return delay;
    }

    private Status ReasonOf(GrpcLink link) =>
        new(StatusCode.Unavailable, $"The connection to {client.Peer} was lost: {link.EndReason}.") { IsConnectFailure = true };

    private void ToldOne()
    {
        TaskCompletionSource? all = null;
        lock (gate)
        {
            if (--untold == 0)
                (all, told) = (told, null);
        }

        all?.SetResult();
    }
}
