namespace Hawser.Frames;

/// <summary>The wire's half of the outbox: takes a notification only when it can leave soon, and tells when it can.</summary>
internal sealed partial class FrameConnection
{
    /// <summary>With so many bytes waiting for the transport, the outbox keeps what it has: there it can still be dropped.</summary>
    private const int MaxUnsentOfOutbox = 64 * 1024;

    /// <summary>Stands for every notification of the outbox: nothing of a call is needed but its number.</summary>
    private UnaryWireCall? pushed;
    private TaskCompletionSource? roomAwaited;

    internal override PushOutcome TryPush(Method method, ReadOnlyMemory<byte> message, out Status? refusal)
    {
        refusal = null;
        if (Volatile.Read(ref state) == (int)State.Handshaking)
            return PushOutcome.NoRoom;
        lock (first.Output.Gate)
        {
            refusal = CannotStart(method, default) ?? TooLarge(method, message.Length);
            if (refusal is not null)
                return PushOutcome.Refused;
            if (message.Length > FrameLimits.MaxFreeMessage)
                return PushOutcome.TooLargeForNow;
            if (!HasRoom || !first.Credit.TryTake(FrameLimits.OneWayCost + message.Length))
                return PushOutcome.NoRoom;
            callsStarted++;
            pushed ??= new UnaryWireCall(first);
            var hasMessage = method.Request != Body.Empty;
            var flags = FrameFlags.End | (hasMessage ? FrameFlags.HasMessage : FrameFlags.None);
            var span = first.BeginCall(pushed, method, method.Codec ?? Codec.Name, metadata: null, timeout: null, flags, message.Length, out var header);
            message.Span.CopyTo(span);
            first.Output.Advance(header + message.Length);
            return PushOutcome.Taken;
        }
    }

    internal override Status? WhyNotPushed(Method method, int size)
    {
        // Before it is open the peer's limit is known all the same, once its hello has been read.
        if (Volatile.Read(ref state) == (int)State.Handshaking)
            return hello.Task.IsCompletedSuccessfully ? TooLarge(method, size) : null;
        lock (first.Output.Gate)
        {
            return CannotStart(method, default) ?? TooLarge(method, size);
        }
    }

    internal override void FlushPushes() => first.Output.FlushSoon(alone: false);

    internal override Task WaitForRoomAsync(int size)
    {
        var cost = FrameLimits.OneWayCost + Math.Min(size, FrameLimits.MaxFreeMessage);

        // Looked at once the wish is known, so that room which appears in between is told of.
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiter = Interlocked.CompareExchange(ref roomAwaited, fresh, null) ?? fresh;
        switch ((State)Volatile.Read(ref state))
        {
            case State.Ended:
                return Task.CompletedTask;
            case State.Open:
                lock (first.Output.Gate)
                {
                    if (HasRoom && first.Credit.Available >= cost)
                        return Task.CompletedTask;
                }

                break;
        }

        return waiter.Task;
    }

    /// <summary>There may be room again. Any thread.</summary>
    public void SignalRoom()
    {
        if (Volatile.Read(ref roomAwaited) is not null)
            Interlocked.Exchange(ref roomAwaited, null)?.TrySetResult();
    }

    private Status? TooLarge(Method method, int size) => size > Peer.MaxMessageSize ? MessageTooLarge(method, size) : null;

    /// <summary>Under the gate.</summary>
    private bool HasRoom => waiting.Count == 0 && first.Output.UnsentSize <= MaxUnsentOfOutbox;
}
