namespace Hawser;

/// <summary>Notifications that do not wait for a slow peer, unless they are to.</summary>
public abstract partial class Connection
{
    private Outbox? outbox;

    /// <summary>What is queued for the peer.</summary>
    internal Outbox Outbox => outbox ?? MakeOnce(ref outbox, new Outbox(this, OutboxOptions, Logger));

    /// <summary>The same; null when nothing was ever pushed.</summary>
    internal Outbox? CurrentOutbox => Volatile.Read(ref outbox);

    /// <summary>Ends when nothing is queued any more.</summary>
    internal Task OutboxEmpty => CurrentOutbox?.Empty ?? Task.CompletedTask;

    /// <summary>Why this side cannot call the peer at all; null when it can.</summary>
    internal virtual Status? CannotBeCalled => null;

    private protected virtual OutboxOptions OutboxOptions => OutboxOptions.Default;

    /// <summary>
    /// Sends a notification through the connection's outbox, which keeps what the peer does not take at once, and does with too much of it as <see cref="SlowClientPolicy"/> says. At most once; the
    /// pushes of one connection arrive in the order in which they got in. Those of <see cref="CallInvoker.NotifyAsync{TRequest}(string, TRequest, CallOptions)"/>, which knows no outbox, may overtake them.
    /// </summary>
    /// <typeparam name="TRequest">The message's type; <see cref="Empty"/> for none.</typeparam>
    /// <param name="method">The full name of a one-way method.</param>
    /// <param name="message">The message; encoded before this returns.</param>
    /// <param name="options">The policy, the key, cancellation. A <see cref="SlowClientPolicy"/> will do.</param>
    /// <returns>A task that is done once the notification was sent, queued, or dropped by policy: at once, unless the policy is <see cref="SlowClientPolicy.Wait"/>.</returns>
    /// <remarks>Within <see cref="HawserServerOptions.ConnectionOpening"/>, pushes are queued and leave when the connection is open.</remarks>
    /// <exception cref="RpcException">
    /// The connection has ended (<see cref="StatusCode.Unavailable"/>); or the message is too large for the peer, or the outbox is full and as many pushes again wait for room under
    /// <see cref="SlowClientPolicy.Wait"/> (<see cref="StatusCode.ResourceExhausted"/>; the text names the setting). The notification was not sent.
    /// </exception>
    /// <exception cref="OperationCanceledException">The options' token fired while there was no room.</exception>
    public async ValueTask PushAsync<TRequest>(string method, TRequest message, PushOptions options = default)
    {
        var target = GetMethod<TRequest, Empty>(method, ClientMethodShape.OneWay<TRequest>());
        var refusal = await Outbox.PushAsync(target, PushedMessage.Encode(target.RequestCodec, message), options).ConfigureAwait(false);
        if (!refusal.IsOk)
            throw new RpcException(refusal) { NotRun = true };
    }

    /// <summary>Gives the wire a notification, if it can leave soon. Flushed by <see cref="FlushPushes"/>.</summary>
    internal abstract PushOutcome TryPush(Method method, ReadOnlyMemory<byte> message, out Status? refusal);

    /// <summary>Why a notification will never leave; null as far as it may. What is to wait is asked for, since nobody is left to be told later.</summary>
    internal virtual Status? WhyNotPushed(Method method, int size) => Closed.IsCancellationRequested ? NotOpen() : null;

    /// <summary>Sends what was taken.</summary>
    internal abstract void FlushPushes();

    /// <summary>Waits until <see cref="TryPush"/> may be of use again; it may still say no.</summary>
    internal abstract Task WaitForRoomAsync(int size);
}
