using System.Text;

namespace Hawser.Frames;

/// <summary>The calls of a lane, and its credit.</summary>
internal sealed partial class FrameLane
{
    private const int MaxFreeCalls = 1024;

    /// <summary>However large the trailers are, so much of a status's text is sent.</summary>
    private const int MinText = 512;

    private readonly Dictionary<Method, ulong> outboundRoutes = new(ReferenceEqualityComparer.Instance);
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

    public ulong LastPeerId => Volatile.Read(ref lastPeerId);

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

    /// <summary>Puts a call of this side into the table and its first frames into the output. Under the gate.</summary>
    /// <returns>Where the message goes, of which there is room for <paramref name="messageSize"/> bytes; the caller advances the output by the header's size and it.</returns>
    public Span<byte> BeginCall(WireCall call, Method method, string codec, Metadata? metadata, TimeSpan? timeout, FrameFlags flags, int messageSize, out int headerSize)
    {
        call.Id = nextOwnId;
        nextOwnId += 2;
        if (!method.IsOneWay || (flags & FrameFlags.End) == 0)
            ownCalls.Add(call);
        ref var route = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(outboundRoutes, method, out var known);
        if (!known)
        {
            route = (ulong)outboundRoutes.Count;
            AppendRoute(route, method, codec);
        }

        var hasHeaders = metadata is { Count: > 0 } || timeout is not null;
        var headersSize = hasHeaders ? Varint.MaxSize + MetadataBlock.SizeOf(metadata ?? Metadata.Empty) : 0;
        if (hasHeaders)
            flags |= FrameFlags.HasHeaders;
        var span = Output.GetSpan(FrameLimits.MaxHeader + Varint.MaxSize + headersSize + messageSize);
        var body = Varint.SizeOf(call.Id) + Varint.SizeOf(route) + messageSize;
        if (hasHeaders)
        {
            // The length is known last; it takes the four-byte form, for which there is room.
            var at = 5 + Varint.Write(span[5..], call.Id);
            at += Varint.Write(span[at..], route);
            at += Varint.Write(span[at..], timeout is { } time ? ToMicroseconds(time) : 0);
            at += MetadataBlock.Write(span[at..], metadata ?? Metadata.Empty);
            span[0] = (byte)((byte)FrameType.Call | (byte)flags);
            Varint.WriteFixed4(span[1..], (uint)(at - 5 + messageSize));
            headerSize = at;
            return span[at..];
        }

        span[0] = (byte)((byte)FrameType.Call | (byte)flags);
        headerSize = 1 + Varint.Write(span[1..], (ulong)body);
        headerSize += Varint.Write(span[headerSize..], call.Id);
        headerSize += Varint.Write(span[headerSize..], route);
        return span[headerSize..];
    }

    /// <summary>Whether a method has been called on this lane before, or there is room for one more. Under the gate.</summary>
    public bool CanAnnounce(Method method) => outboundRoutes.Count < FrameLimits.MaxRoutes || outboundRoutes.ContainsKey(method);

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

    public void SendCredit(ulong id, int amount)
    {
        lock (Output.Gate)
        {
            var span = Output.GetSpan(2 + (2 * Varint.MaxSize));
            span[0] = (byte)FrameType.Credit;
            span[1] = (byte)(Varint.SizeOf(id) + Varint.SizeOf((ulong)amount));
            var size = 2 + Varint.Write(span[2..], id);
            size += Varint.Write(span[size..], (ulong)amount);
            Output.Advance(size);
        }

        Output.FlushSoon(alone: true);
    }

    /// <summary>Tells the peer that this side sends nothing more on a call that it started.</summary>
    public void SendEnd(ulong id)
    {
        lock (Output.Gate)
        {
            var span = Output.GetSpan(2 + Varint.MaxSize);
            span[0] = (byte)FrameType.End;
            span[1] = (byte)Varint.SizeOf(id);
            Output.Advance(2 + Varint.Write(span[2..], id));
        }

        Output.FlushSoon(IsQuiet);
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

    /// <summary>Adds a FINISH frame. Under the gate.</summary>
    public void AppendFinish(ulong id, Status status, Metadata trailers, bool notRun = false)
    {
        if (status.IsOk && status.Text.Length == 0 && status.Details.IsEmpty && trailers.Count == 0)
        {
            var brief = Output.GetSpan(2 + Varint.MaxSize);
            brief[0] = (byte)FrameType.Finish;
            brief[1] = (byte)Varint.SizeOf(id);
            Output.Advance(2 + Varint.Write(brief[2..], id));
            return;
        }

        var limit = Math.Min(Connection.Peer.MaxMetadataSize, FrameLimits.MaxBody / 2);
        if (status.Details.Length + MetadataBlock.SizeOf(trailers) > limit)
        {
            status = new Status(
                StatusCode.ResourceExhausted,
                $"The call ended with {status.Code}, but its details and trailers are larger than {limit} bytes (ConnectionLimits.MaxMetadataSize of the receiver). {status.Text}");
            trailers = Metadata.Empty;
        }

        var text = TextBytes(status.Text, Math.Max(limit - status.Details.Length - MetadataBlock.SizeOf(trailers), MinText));
        var span = Output.GetSpan(5 + (4 * Varint.MaxSize) + text.Length + status.Details.Length + MetadataBlock.SizeOf(trailers));
        var at = 5 + Varint.Write(span[5..], id);
        at += Varint.Write(span[at..], (ulong)status.Code);
        at += WriteBytes(span[at..], text);
        at += WriteBytes(span[at..], status.Details.Span);
        at += MetadataBlock.Write(span[at..], trailers);
        span[0] = (byte)((byte)FrameType.Finish | (notRun ? (byte)FrameFlags.NotRun : 0));
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        Output.Advance(at);
    }

    private static ulong ToMicroseconds(TimeSpan time) => (ulong)Math.Max(1, time.Ticks / TimeSpan.TicksPerMicrosecond);

    private static int WriteBytes(Span<byte> output, ReadOnlySpan<byte> bytes)
    {
        var size = Varint.Write(output, (ulong)bytes.Length);
        bytes.CopyTo(output[size..]);
        return size + bytes.Length;
    }

    /// <summary>A text in UTF-8, cut at a character's edge to a limit.</summary>
    internal static ReadOnlySpan<byte> TextBytes(string text, int limit)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= limit)
            return bytes;
        var size = limit;
        while (size > 0 && (bytes[size] & 0xC0) == 0x80)
            size--;
        return bytes.AsSpan(0, size);
    }

    private void AppendRoute(ulong route, Method method, string codec)
    {
        var span = Output.GetSpan(5 + (4 * Varint.MaxSize) + codec.Length + method.FullName.Length);
        var at = 5 + Varint.Write(span[5..], route);
        at += Varint.Write(span[at..], RouteShape.Of(method));
        at += WriteBytes(span[at..], Encoding.ASCII.GetBytes(codec));
        at += WriteBytes(span[at..], Encoding.ASCII.GetBytes(method.FullName));
        span[0] = (byte)FrameType.Route;
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        Output.Advance(at);
    }

    private void AppendReset(ulong id, Status status, bool notRun)
    {
        var text = TextBytes(status.Text, FrameLimits.MaxReason);
        var span = Output.GetSpan(5 + (3 * Varint.MaxSize) + text.Length);
        var at = 5 + Varint.Write(span[5..], id);
        at += Varint.Write(span[at..], (ulong)status.Code);
        at += WriteBytes(span[at..], text);
        span[0] = (byte)((byte)FrameType.Reset | (notRun ? (byte)FrameFlags.NotRun : 0));
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        Output.Advance(at);
    }

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
        call.Route.Resolve(Connection.Endpoints, Connection.Interceptors);
        var isOneWay = call.Route.Method.IsOneWay;

        // Counted first, so that either this side sees that it is going away, or whoever says so sees this call.
        Connection.OnPeerCallStarted(isOneWay);
        if (Refuse(call) is { } refusal)
        {
            Connection.OnPeerCallEnded(isOneWay);
            ReturnLaneCredit(oneWayCost);
            Connection.OnCallRefused(call, refusal);
            if (isOneWay)
                return;
            lock (Output.Gate)
            {
                AppendFinish(call.Id, refusal, Metadata.Empty, notRun: true);
            }

            return;
        }

        callsServed++;
        var serverCall = freeServerCalls.Count > 0 ? freeServerCalls.Pop() : new ServerWireCall(this);
        serverCall.Begin(call, message, oneWayCost);
        peerCalls.Add(serverCall);
        if (!IsShared)
            Volatile.Write(ref serving, serverCall);
        batch.Add(serverCall);
    }

    private Status? Refuse(in NewCall call)
    {
        if (Connection.IsGoingAway)
            return new Status(StatusCode.Unavailable, "This side is going away and takes no new calls; call again over a new connection.");
        if (call.Route.Refusal is { } refusal)
            return refusal;
        if (call.MetadataSize > MaxMetadataSize)
            return new Status(StatusCode.ResourceExhausted, $"The request metadata takes {call.MetadataSize} bytes; at most {MaxMetadataSize} are allowed (ConnectionLimits.MaxMetadataSize of the receiver).");
        if (call.MessageSize > MaxMessageSize)
            return InboundMessages.TooLarge(MaxMessageSize);
        if (!call.Route.Method.IsOneWay && Connection.PeerCallsInFlight > Connection.Limits.MaxCallsInFlight)
            return new Status(StatusCode.ResourceExhausted, $"{Connection.Limits.MaxCallsInFlight} calls of this connection are in flight already (ConnectionLimits.MaxCallsInFlight of the receiver).");
        return null;
    }
}
