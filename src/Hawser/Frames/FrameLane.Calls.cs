namespace Hawser.Frames;

/// <summary>The calls of a lane, and its credit.</summary>
internal sealed partial class FrameLane
{
    private const int MaxFreeCalls = 1024;
    private readonly CallTable ownCalls = new();
    private readonly CallTable peerCalls = new();
    private readonly Stack<ServerWireCall> freeServerCalls = new();
    private ServerWireCall? finished;
    private ServerWireCall? serving;
    private UnaryWireCall? rentedUnary;
    private UnaryWireCall? freeUnary;
    private int freeUnaryCount;
    private ulong nextOwnId;
    private ulong lastPeerId;
    private ulong lastDecidedId;
    private ulong lastAcceptedId;
    private long laneReceived;
    private long laneGranted;
    private int laneUnreturned;
    private long callsServed;

    public int CallWindow { get; private set; }

    public int PeerCallWindow { get; private set; } = FrameLimits.MinWindow;

    public int PeerConnectionWindow { get; private set; } = FrameLimits.MinWindow;

    public int MaxMessageSize => Connection.Limits.MaxMessageSize;

    public int MaxMetadataSize => Connection.Limits.MaxMetadataSize;

    public int MaxAssemblySize => Connection.Limits.MaxAssemblySize;

    public SendCredit Credit { get; private set; } = new(long.MaxValue / 4);

    /// <summary>Whether so little goes on that a frame may as well leave at once: nobody is about to add to it.</summary>
    public bool IsQuiet => Connection.CallsInFlight <= 1;

    /// <summary>The call of the peer that has this lane for itself, until its handler has ended.</summary>
    public ServerWireCall? Serving => Volatile.Read(ref serving);

    /// <summary>How many of the peer's calls this lane has taken.</summary>
    public long CallsServed => Volatile.Read(ref callsServed);

    /// <summary>The last call of the peer that was accepted, for a side that accepts no more from now on. The one that is being looked at in this moment may still be accepted, which is waited for.</summary>
    public ulong FindLastAccepted()
    {
        var last = Volatile.Read(ref lastPeerId);
        SpinWait.SpinUntil(() => Volatile.Read(ref lastDecidedId) >= last || IsOver);
        return Volatile.Read(ref lastAcceptedId);
    }

    /// <summary>Between lanes there is no order: the next call may overtake the abort of the one that made room for it.</summary>
    private int MostCallsInFlight => Connection.HasManyLanes ? 2 * Connection.Limits.MaxCallsInFlight : Connection.Limits.MaxCallsInFlight;

    /// <summary>Sets the windows, once the hellos are known and before the first call.</summary>
    public void SetWindows(ConnectionLimits mine, Hello peer)
    {
        CallWindow = mine.CallWindow;
        laneGranted = mine.ConnectionWindow;
        PeerCallWindow = peer.CallWindow;
        PeerConnectionWindow = peer.ConnectionWindow;
        if (IsShared)
            Credit = new SendCredit(peer.ConnectionWindow);
    }

    /// <summary>Whether calls of this side are in flight. One that is being started in this moment is counted, or finds what was known before this was asked.</summary>
    public bool HasOwnCalls
    {
        get
        {
            lock (Output.Gate)
                return ownCalls.Count > 0;
        }
    }

    /// <summary>Takes a call of this side out of the table: whoever gets it ends it.</summary>
    public WireCall? RemoveOwn(ulong id)
    {
        WireCall? call;
        bool othersWait;
        lock (Output.Gate)
        {
            call = ownCalls.Remove(id);
            if (call is null)
                return null;
            othersWait = Connection.ReleaseSlot();
        }

        if (othersWait)
            Connection.StartWaiting();
        return call;
    }

    /// <summary>Takes a call of this side out of the table, if it is still there.</summary>
    public bool TryRemoveOwn(WireCall call) => call.Id != 0 && RemoveOwn(call.Id) is not null;

    /// <summary>Takes a call of this side out of the table and tells the peer so, before another call may take its place.</summary>
    /// <returns>False when the call has ended, or not begun.</returns>
    public bool TryGiveUp(WireCall call, ulong id, Status reason)
    {
        bool othersWait;
        lock (Output.Gate)
        {
            if (id == 0 || !ReferenceEquals(ownCalls.Find(id), call))
                return false;
            ownCalls.Remove(id);
            if (IsShared)
                AppendReset(id, reason, notRun: false);
            othersWait = Connection.ReleaseSlot();
        }

        // On a lane of its own the peer may not be reading, and a frame would never reach it; an abort does.
        if (IsShared)
            Output.FlushSoon(alone: true);
        else
            Abort((long)reason.Code);
        if (othersWait)
            Connection.StartWaiting();
        return true;
    }

    /// <summary>Takes all calls of this side above an id out of the table, and the one whose last frame was found wrong. The lane's thread only.</summary>
    public List<WireCall> RemoveOwnAbove(ulong id)
    {
        List<WireCall> calls;
        lock (Output.Gate)
        {
            calls = ownCalls.RemoveAbove(id);
        }

        foreach (var _ in calls)
            Connection.ReleaseSlot();
        Connection.StartWaiting();
        if (ending is not null)
            calls.Add(ending);
        ending = null;
        return calls;
    }

    /// <summary>Every call that the peer started and that has not ended. The lane's thread only.</summary>
    public List<WireCall> TakePeerCalls()
    {
        ReapFinished();
        return peerCalls.RemoveAbove(0);
    }

    /// <summary>Gives a served call's object back, from any thread.</summary>
    public void Finished(ServerWireCall call)
    {
        if (!IsShared)
        {
            Volatile.Write(ref serving, null);
            Connection.Forget(this);
            return;
        }

        var head = Volatile.Read(ref finished);
        while (true)
        {
            call.NextFinished = head;
            var seen = Interlocked.CompareExchange(ref finished, call, head);
            if (ReferenceEquals(seen, head))
                return;
            head = seen;
        }
    }

    /// <summary>Counts what arrived against the window of the lane.</summary>
    /// <exception cref="ProtocolViolationException">The peer sent more than it was granted.</exception>
    private void ReceiveLaneCredit(int cost)
    {
        if (!IsShared)
            return;
        laneReceived += cost;
        if (laneReceived > Volatile.Read(ref laneGranted))
            throw new ProtocolViolationException($"The peer sent more than the connection's window of {Connection.Limits.ConnectionWindow} bytes allows (ConnectionLimits.ConnectionWindow).");
    }

    /// <summary>Pays back what was consumed; the peer is told when it is worth a frame.</summary>
    public void ReturnLaneCredit(int cost)
    {
        if (!IsShared || cost == 0)
            return;
        var sum = Interlocked.Add(ref laneUnreturned, cost);
        if (sum < Connection.Limits.ConnectionWindow / 2 || Interlocked.CompareExchange(ref laneUnreturned, 0, sum) != sum)
            return;
        Interlocked.Add(ref laneGranted, sum);
        SendCredit(0, sum);
    }

    /// <summary>An object for a unary call of this side. Under the gate.</summary>
    public UnaryWireCall RentUnary()
    {
        rentedUnary ??= Interlocked.Exchange(ref freeUnary, null);
        if (rentedUnary is not { } call)
            return new UnaryWireCall(this);
        rentedUnary = call.NextFree;
        call.NextFree = null;
        Interlocked.Decrement(ref freeUnaryCount);
        return call;
    }

    /// <summary>Gives such an object back, from any thread.</summary>
    public void Free(UnaryWireCall call)
    {
        if (Volatile.Read(ref freeUnaryCount) >= MaxFreeCalls)
            return;
        Interlocked.Increment(ref freeUnaryCount);
        var head = Volatile.Read(ref freeUnary);
        while (true)
        {
            call.NextFree = head;
            var seen = Interlocked.CompareExchange(ref freeUnary, call, head);
            if (ReferenceEquals(seen, head))
                return;
            head = seen;
        }
    }

    public bool TryHoldForAssembly(int size) => Connection.TryHoldForAssembly(size);

    public void ReleaseFromAssembly(int size) => Connection.ReleaseFromAssembly(size);

    private bool IsOwn(ulong id) => (id & 1) == (nextOwnId & 1);

    private WireCall? Find(ulong id)
    {
        if (!IsOwn(id))
            return peerCalls.Find(id);
        lock (Output.Gate)
        {
            return ownCalls.Find(id);
        }
    }

    /// <summary>A frame for a call that has ended is late, which is nobody's fault; one for a call that never was is.</summary>
    private void CheckKnown(ulong id, FrameType type)
    {
        if (id == 0 || (IsOwn(id) ? id >= Volatile.Read(ref nextOwnId) : id > lastPeerId))
            throw new ProtocolViolationException($"The peer sent a {type} frame for call {id}, which was never started.");
    }

    private void ReapFinished()
    {
        if (Volatile.Read(ref finished) is null)
            return;
        var call = Interlocked.Exchange(ref finished, null);
        while (call is not null)
        {
            var next = call.NextFinished;
            call.NextFinished = null;
            peerCalls.Remove(call.Id);
            call.OnReaped();
            if (call.CanBeReused && freeServerCalls.Count < MaxFreeCalls)
                freeServerCalls.Push(call);
            call = next;
        }
    }

    private void AcceptCall(in NewCall call, ReadOnlySpan<byte> message, WorkBatch batch)
    {
        var oneWayCost = call.Route.Method.IsOneWay ? FrameLimits.OneWayCost + message.Length : 0;
        ReceiveLaneCredit(oneWayCost);
        call.Route.Resolve(Connection);
        var isOneWay = call.Route.Method.IsOneWay;

        // Counted first, so that either this side sees that it is going away, or whoever says so sees this call.
        Connection.OnPeerCallStarted(isOneWay);
        Volatile.Write(ref lastPeerId, call.Id);
        var refused = Refuse(call);
        if (refused is null)
            Volatile.Write(ref lastAcceptedId, call.Id);
        Volatile.Write(ref lastDecidedId, call.Id);
        if (refused is { } refusal)
        {
            ReturnLaneCredit(oneWayCost);
            Connection.OnCallRefused(call, refusal);
            if (Connection.IsGoingAway)
                Connection.AnnounceGoingAway();
            if (!isOneWay)
            {
                lock (Output.Gate)
                {
                    AppendFinish(call.Id, refusal, Metadata.Empty, notRun: true);
                }
            }

            if (!IsShared)
                Connection.OnServedOnOwnLane(this);
            Connection.OnPeerCallEnded(isOneWay);
            return;
        }

        callsServed++;
        var serverCall = freeServerCalls.Count > 0 ? freeServerCalls.Pop() : new ServerWireCall(this);
        serverCall.Begin(call, message, oneWayCost);
        peerCalls.Add(serverCall);
        if (!IsShared)
            Volatile.Write(ref serving, serverCall);
        if (Connection.RunsHandlersInTurn && serverCall.IsShort)
            Connection.SerialContext.Enqueue(serverCall.RunInTurnAsync);
        else
            batch.Add(serverCall);
    }

    private Status? Refuse(in NewCall call)
    {
        if (Connection.IsGoingAway)
            return new Status(StatusCode.Unavailable, $"{Connection.LocalAddress} takes no new calls: {Connection.GoingAwayReason}.");
        if (!Connection.IsOpen)
            return new Status(StatusCode.Unavailable, $"{Connection.LocalAddress} takes no new calls: the connection has ended.");
        if (call.Route.Refusal is { } refusal)
            return refusal;
        if (call.MetadataSize > MaxMetadataSize)
            return new Status(StatusCode.ResourceExhausted, $"The request metadata takes {call.MetadataSize} bytes; at most {MaxMetadataSize} are allowed (ConnectionLimits.MaxMetadataSize of the receiver).");
        if (call.MessageSize > MaxMessageSize)
            return InboundMessages.TooLarge(MaxMessageSize);
        if (!call.Route.Method.IsOneWay && Connection.PeerCallsInFlight > MostCallsInFlight)
            return new Status(StatusCode.ResourceExhausted, $"{Connection.Limits.MaxCallsInFlight} calls of this connection are in flight already (ConnectionLimits.MaxCallsInFlight of the receiver).");
        if (Connection.AbandonedHandlers > Connection.Limits.MaxCallsInFlight)
            return new Status(StatusCode.ResourceExhausted, $"More than {Connection.Limits.MaxCallsInFlight} handlers of this connection still run whose calls were given up (ConnectionLimits.MaxCallsInFlight of the receiver).");
        return null;
    }
}
