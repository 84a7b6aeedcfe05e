using System.Buffers;
using System.Diagnostics;

namespace Hawser.Frames;

/// <summary>The calls of a connection: how many there may be, and how this side's are started.</summary>
internal sealed partial class FrameConnection
{
    /// <summary>Those that wait for a call to end, or for credit; under the gate of the first lane's output.</summary>
    private readonly LinkedList<WaitingStart> waiting = new();
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int ownInFlight;
    private int waitingCount;
    private int peerInFlight;
    private int peerOneWayInFlight;
    private int abandonedHandlers;
    private long callsStarted;

    /// <summary>Ends when, after this side said that it is going away, no call of the peer is in flight any more, or the link has ended.</summary>
    public Task Drained => drained.Task;

    /// <summary>The calls of the peer that count against the limit: one-way calls are held back by credit instead.</summary>
    public int PeerCallsInFlight => Volatile.Read(ref peerInFlight);

    /// <summary>The handlers that run on although their calls have been given up.</summary>
    public int AbandonedHandlers => Volatile.Read(ref abandonedHandlers);

    public int CallsInFlight => Volatile.Read(ref ownInFlight) + Volatile.Read(ref peerInFlight) + Volatile.Read(ref peerOneWayInFlight);

    private bool ServesCalls => Volatile.Read(ref peerInFlight) + Volatile.Read(ref peerOneWayInFlight) > 0;

    public override async ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        options.CancellationToken.ThrowIfCancellationRequested();
        if (method.IsOneWay)
            return new OneWayClientCall(this, method, options);
        Status? refusal;
        TaskCompletionSource<Status?>? slot = null;
        lock (first.Output.Gate)
        {
            refusal = CannotStart(method, options);
            if (refusal is null && !TryTakeSlot())
            {
                slot = new TaskCompletionSource<Status?>(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.AddLast(new WaitingStart(null, method, options, null, slot));
                waitingCount++;
            }
        }

        if (slot is not null)
            refusal = await WaitForSlotAsync(slot, method, options).ConfigureAwait(false);
        if (refusal is not null)
            throw new RpcException(refusal) { NotRun = true };
        return transport.HasManyLanes && method.Kind != MethodKind.Unary
            ? await StartOnOwnLaneAsync(method, options).ConfigureAwait(false)
            : StartOn(first, method, options);
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (Tracing.IsWanted)
        {
            var traced = options;
            var activity = Tracing.StartClient(method, Tracing.HawserSystem, RemoteAddress, ref traced);
            StartWatched(method, traced, request, hasRequest, reply, activity);
            return;
        }

        if (options.Timeout is not null || options.CancellationToken.CanBeCanceled)
        {
            StartWatched(method, options, request, hasRequest, reply, activity: null);
            return;
        }

        UnaryWireCall call;
        Status? refusal;
        bool started, large, alone;
        lock (first.Output.Gate)
        {
            call = first.RentUnary();
            call.Begin(method, reply);
            refusal = TryStart(call, method, options, request, hasRequest, out started, out large, out alone);
        }

        AfterStart(call, method, request, refusal, started, large, alone);
    }

    /// <summary>Takes a waiting call out of the queue.</summary>
    /// <returns>Whether it was there.</returns>
    public bool RemoveWaiting(UnaryWireCall call) => RemoveWaiting(start => ReferenceEquals(start.Call, call));

    /// <summary>A call of this side has ended: the next may start.</summary>
    /// <returns>Whether others wait for that, so that <see cref="StartWaiting"/> must follow.</returns>
    public bool ReleaseSlot()
    {
        if (Interlocked.Decrement(ref ownInFlight) == 0 && leavesWhenIdle)
            LeaveIfIdle();
        return Volatile.Read(ref waitingCount) > 0;
    }

    /// <summary>Starts what waits, as far as the peer takes it.</summary>
    public void StartWaiting()
    {
        while (true)
        {
            WaitingStart next;
            Status? refusal = null;
            bool started = false, large = false, alone = false;
            lock (first.Output.Gate)
            {
                if (waiting.First is not { } node)
                    return;
                next = node.Value;
                if (next.Call is null)
                {
                    if (!TryTakeSlot())
                        return;
                    waiting.RemoveFirst();
                    waitingCount--;
                }
                else
                {
                    waiting.RemoveFirst();
                    waitingCount--;
                    refusal = next.Call.GivenUp ?? TryStart(next.Call, next.Method, next.Options, new ReadOnlySequence<byte>(next.Request ?? []), next.Request is not null, out started, out large, out alone, isFirst: true);
                    if (refusal is null && !started && !large)
                        return;
                }
            }

            if (next.Call is null)
            {
                if (!next.Slot!.TrySetResult(null))
                    ReleaseSlot();
            }
            else if (refusal is not null)
                next.Call.Refuse(refusal);
            else if (large)
                _ = SendLargeAsync(next.Call, next.Method, next.Request!);
            else
                Started(next.Call, next.Method, alone);
        }
    }

    public void OnPeerCallStarted(bool isOneWay)
    {
        if (isOneWay)
            Interlocked.Increment(ref peerOneWayInFlight);
        else
            Interlocked.Increment(ref peerInFlight);
    }

    /// <summary>A call has ended whose handler goes on.</summary>
    public void OnHandlerAbandoned() => Interlocked.Increment(ref abandonedHandlers);

    /// <summary>Such a handler has ended.</summary>
    public void OnAbandonedHandlerEnded()
    {
        if (Interlocked.Decrement(ref abandonedHandlers) == 0 && !IsOpen)
            SignalWhenQuiet();
    }

    public void OnPeerCallEnded(bool isOneWay)
    {
        var left = isOneWay ? Interlocked.Decrement(ref peerOneWayInFlight) : Interlocked.Decrement(ref peerInFlight);
        if (left == 0 && isDraining && !ServesCalls)
            drained.TrySetResult();
        if (left == 0 && leavesWhenIdle)
            LeaveIfIdle();
        if (left == 0 && !IsOpen)
            SignalWhenQuiet();
    }

    public void OnCallRefused(in NewCall call, Status refusal)
    {
        if (call.Route.Method.IsOneWay)
            Log.OneWayRefused(settings.Logger, RemoteAddress, call.Route.Method.FullName, refusal.ToString());
        else
            Log.CallRefused(settings.Logger, RemoteAddress, call.Route.Method.FullName, refusal.ToString());
    }

    public void OnHandlerFailed(Method method, Status status, Exception exception)
    {
        if (exception is RpcException)
            Log.HandlerRefused(settings.Logger, method.FullName, status.ToString());
        else
            Log.HandlerFailed(settings.Logger, method.FullName, status.Code, exception);
    }

    private async ValueTask<Status?> WaitForSlotAsync(TaskCompletionSource<Status?> slot, Method method, CallOptions options)
    {
        try
        {
            return await slot.Task.WaitAsync(options.Timeout is { } timeout ? FrameLimits.TimerDue(timeout) : Timeout.InfiniteTimeSpan, TimeProvider, options.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            // If the slot was given in this very moment, it is used: the call itself will see the token or the deadline.
            if (!slot.TrySetCanceled(options.CancellationToken))
                return await slot.Task.ConfigureAwait(false);
            RemoveWaiting(start => ReferenceEquals(start.Slot, slot));
            if (exception is OperationCanceledException)
                throw;
            return new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{method}' passed while it waited for others to end. The call was not run.");
        }
    }

    private bool RemoveWaiting(Func<WaitingStart, bool> isIt)
    {
        lock (first.Output.Gate)
        {
            var node = waiting.First;
            while (node is not null && !isIt(node.Value))
                node = node.Next;
            if (node is null)
                return false;
            waiting.Remove(node);
            waitingCount--;
        }

        // What stood behind it may have waited for nothing else: a call needs no credit, and the outbox only its turn.
        StartWaiting();
        SignalRoom();
        return true;
    }

    /// <summary>Starts a unary call that may end before its reply, or that somebody looks on.</summary>
    private void StartWatched(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply, Activity? activity)
    {
        var call = new UnaryWireCall(first);
        call.Begin(method, reply);
        call.Trace(activity);
        call.Watch(method, options);
        Status? refusal;
        bool started = false, large = false, alone = false;
        lock (first.Output.Gate)
        {
            refusal = call.GivenUp ?? TryStart(call, method, options, request, hasRequest, out started, out large, out alone);
        }

        AfterStart(call, method, request, refusal, started, large, alone);
    }

    private void AfterStart(UnaryWireCall call, Method method, in ReadOnlySequence<byte> request, Status? refusal, bool started, bool large, bool alone)
    {
        if (refusal is not null)
            call.Refuse(refusal);
        else if (large)
            _ = SendLargeAsync(call, method, request.ToArray());
        else if (started)
            Started(call, method, alone);
    }

    private void Started(UnaryWireCall call, Method method, bool alone)
    {
        if (method.IsOneWay)
            call.Sent();
        first.Output.FlushSoon(alone);
    }

    /// <summary>Starts a unary or one-way call or puts it among those that wait. Under the gate.</summary>
    /// <returns>Why it cannot be started, or null.</returns>
    private Status? TryStart(
        UnaryWireCall call,
        Method method,
        in CallOptions options,
        in ReadOnlySequence<byte> request,
        bool hasRequest,
        out bool started,
        out bool large,
        out bool alone,
        bool isFirst = false)
    {
        started = large = alone = false;
        if (CannotStart(method, options) is { } refusal)
            return refusal;
        if (request.Length > Peer.MaxMessageSize)
            return MessageTooLarge(method, request.Length);
        large = request.Length > FrameLimits.MaxFreeMessage;
        if ((waiting.Count > 0 && !isFirst) || !TryTake(method, large ? 0 : (int)request.Length, large))
        {
            large = false;
            var entry = new WaitingStart(call, method, options, hasRequest ? request.ToArray() : null, null);
            if (isFirst)
                waiting.AddFirst(entry);
            else
                waiting.AddLast(entry);
            waitingCount++;
            return null;
        }

        callsStarted++;
        alone = CallsInFlight <= 1;
        if (large)
        {
            first.BeginCall(call, method, method.Codec ?? Codec.Name, options.Metadata, options.Timeout, FrameFlags.None, 0, out var bare);
            first.Output.Advance(bare);

            // Made now, so that the object cannot be taken for one that is free when the call ends before its request has been sent.
            call.PrepareOutput();
            return null;
        }

        var size = (int)request.Length;
        var flags = FrameFlags.End | (hasRequest ? FrameFlags.HasMessage : FrameFlags.None);
        var room = first.BeginCall(call, method, method.Codec ?? Codec.Name, options.Metadata, options.Timeout, flags, size, out var header);
        if (hasRequest)
            request.CopyTo(room);
        first.Output.Advance(header + size);
        started = true;
        return null;
    }

    private bool TryTake(Method method, int size, bool large)
    {
        if (!method.IsOneWay)
            return TryTakeSlot();

        // A one-way call has no reply that would make room for the next; the lane's credit holds its sender back instead.
        if (!first.Credit.TryTake(FrameLimits.OneWayCost + size))
            return false;
        if (large)
            Interlocked.Increment(ref ownInFlight);
        return true;
    }

    private bool TryTakeSlot()
    {
        if (Volatile.Read(ref ownInFlight) >= Peer.MaxCallsInFlight)
            return false;
        Interlocked.Increment(ref ownInFlight);
        return true;
    }

    private Status? CannotStart(Method method, in CallOptions options)
    {
        if (!IsOpen)
            return new Status(StatusCode.Unavailable, $"{NotOpen().Text} The call was not run.");
        if (startsNoCalls)
            return WhyNoCalls();
        if (options.Timeout is { } timeout && timeout <= TimeSpan.Zero)
            return new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{method}' had passed before it was sent.");
        if (options.Metadata is { Count: > 0 } metadata && MetadataBlock.SizeOf(metadata) + Varint.MaxSize > Math.Min(Peer.MaxMetadataSize, FrameLimits.MaxBody / 2))
            return new Status(StatusCode.ResourceExhausted, $"The request metadata takes {MetadataBlock.SizeOf(metadata)} bytes; {RemoteAddress} takes at most {Peer.MaxMetadataSize} (ConnectionLimits.MaxMetadataSize).");
        if (!first.CanAnnounce(method))
            return new Status(StatusCode.ResourceExhausted, $"More than {FrameLimits.MaxRoutes} methods have been called on this connection; call through fewer names.");
        return null;
    }

    private async Task SendLargeAsync(UnaryWireCall call, Method method, byte[] request)
    {
        if (!await call.Output.WriteAsync(new ReadOnlySequence<byte>(request), WriteFlags.None).ConfigureAwait(false))
            return;
        first.SendEnd(call.Id);
        if (method.IsOneWay && first.TryRemoveOwn(call))
            call.Sent();
    }

    /// <summary>What a message is refused with that the peer would not take.</summary>
    public Status MessageTooLarge(Method method, long size) => new(
        StatusCode.ResourceExhausted,
        $"A message of '{method}' has {size} bytes; {RemoteAddress} takes at most {Peer.MaxMessageSize} (ConnectionLimits.MaxMessageSize there): raise the limit, or send it in parts or as octets.");

    private FrameClientCall StartOn(FrameLane lane, Method method, CallOptions options)
    {
        var activity = Tracing.IsWanted ? Tracing.StartClient(method, Tracing.HawserSystem, RemoteAddress, ref options) : null;
        var call = new ClientWireCall(lane, method, activity);
        Status? refusal;
        lock (lane.Output.Gate)
        {
            refusal = CannotStart(method, options);
            if (refusal is null)
            {
                callsStarted++;
                var flags = method.Request == Body.Empty ? FrameFlags.End : FrameFlags.None;
                lane.BeginCall(call, method, method.Codec ?? Codec.Name, options.Metadata, options.Timeout, flags, 0, out var header);
                lane.Output.Advance(header);
                call.Started();
            }
        }

        if (refusal is not null)
        {
            if (ReleaseSlot())
                StartWaiting();
            Tracing.End(activity, Tracing.HawserSystem, refusal);
            throw new RpcException(refusal) { NotRun = true };
        }

        call.Watch(options);
        lane.Output.FlushSoon(alone: true);
        return new FrameClientCall(call);
    }

    private void RefuseWaiting(Status reason)
    {
        List<WaitingStart> refused;
        lock (first.Output.Gate)
        {
            refused = [.. waiting];
            waiting.Clear();
            waitingCount = 0;
        }

        foreach (var start in refused)
        {
            if (start.Call is { } call)
                call.Refuse(reason);
            else
                start.Slot!.TrySetResult(reason);
        }

        SignalRoom();
    }
}
