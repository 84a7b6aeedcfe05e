namespace Hawser;

/// <summary>The state a channel, or one of its addresses, is in; tells everybody who wants to know of each step, one after another and in order.</summary>
/// <remarks>Safe from any thread. Subscribers run without any lock, on a thread of the pool.</remarks>
internal sealed class ChannelStatus
{
    private readonly Lock gate = new();
    private readonly Queue<ChannelStateChangedEventArgs> untold = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChannelState state;
    private Status? reason;
    private bool isTelling;

    /// <summary>Told of every step.</summary>
    internal event EventHandler<ChannelStateChangedEventArgs>? Changed;

    internal ChannelState State
    {
        get
        {
            lock (gate)
                return state;
        }
    }

    /// <summary>What went wrong last, while it has not been put right; null otherwise.</summary>
    internal Status? Reason
    {
        get
        {
            lock (gate)
                return reason;
        }
    }

    /// <summary>Ends with the next step.</summary>
    internal Task NextChange
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    /// <summary>Goes on to a state. The last one is <see cref="ChannelState.Closed"/>: nothing follows it, and nothing else follows <see cref="ChannelState.Draining"/>.</summary>
    internal void Enter(ChannelState next, Status? why = null, TimeSpan? delay = null)
    {
        TaskCompletionSource pulse;
        lock (gate)
        {
            if (state == ChannelState.Closed || (state == ChannelState.Draining && next != ChannelState.Closed) || (state == next && ReferenceEquals(reason, why)))
                return;
            untold.Enqueue(new ChannelStateChangedEventArgs(state, next, why, delay));
            state = next;
            reason = why;
            pulse = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!isTelling)
            {
                isTelling = true;
                ThreadPool.UnsafeQueueUserWorkItem(static status => status.Tell(), this, preferLocal: false);
            }
        }

        pulse.TrySetResult();
    }

    /// <summary>Waits for a state. Steps that come and go between two looks are not missed by <see cref="Changed"/>, but may be by this.</summary>
    internal async Task WaitForAsync(ChannelState wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (state == wanted)
                    return;
                if (state == ChannelState.Closed)
                    throw new ObjectDisposedException(nameof(HawserChannel), $"The channel was disposed before it was {wanted}.");
                next = changed.Task;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Tell()
    {
        while (true)
        {
            ChannelStateChangedEventArgs step;
            lock (gate)
            {
                if (!untold.TryDequeue(out step!))
                {
                    isTelling = false;
                    return;
                }
            }

            Changed?.Invoke(this, step);
        }
    }
}
