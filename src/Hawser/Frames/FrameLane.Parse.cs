using System.Text;

namespace Hawser.Frames;

/// <summary>The frames of a lane, as they come in.</summary>
internal sealed partial class FrameLane
{
    private readonly Dictionary<ulong, InboundRoute> inboundRoutes = [];
    private InboundRoute? lastRoute;
    private ulong lastRouteId;
    private int needed;
    private bool prefaceSeen;

    // The OCTETS frame that is being taken in parts.
    private int octetsLeft;
    private InboundOctets? octetsOf;
    private WireCall? octetsCall;
    private bool octetsEnd;
    private int octetsIgnored;

    /// <summary>A call of this side that has left the table with the frame that ends it, until it has been told so: that frame may be found wrong in between.</summary>
    private WireCall? ending;

    // Whole messages of one call, one behind the other, that will be handed over together.
    private InboundMessages? run;
    private WireCall? runCall;
    private ulong runId;
    private int runStart;
    private int runEnd;
    private int runCost;

    /// <summary>Takes frames until the batch is full or no whole frame is left.</summary>
    /// <returns>Whether there may be more.</returns>
    private bool Parse(WorkBatch batch)
    {
        ReapFinished();
        try
        {
            return ParseFrames(batch);
        }
        finally
        {
            FlushRun(batch);
            runCall = null;
        }
    }

    private bool ParseFrames(WorkBatch batch)
    {
        needed = 1;
        if (!prefaceSeen && !ParsePreface())
            return false;
        var bytes = block!.Bytes;
        while (start < end)
        {
            if (batch.IsFull)
                return true;
            if (octetsLeft > 0)
            {
                TakeOctets(batch);
                continue;
            }

            var input = bytes.AsSpan(start, end - start);
            var lengthSize = Varint.Read(input[1..], out var length);
            if (lengthSize == 0)
            {
                needed = FrameLimits.MaxHeader;
                return false;
            }

            var type = (FrameType)(input[0] & 0x0F);
            var flags = (FrameFlags)(input[0] & 0xF0);
            var header = 1 + lengthSize;
            if (length > (ulong)(type == FrameType.Octets ? FrameLimits.MaxOctetsBody : FrameLimits.MaxBody))
                throw new ProtocolViolationException($"The peer announced a {type} frame of {length} bytes; the longest allowed is {(type == FrameType.Octets ? FrameLimits.MaxOctetsBody : FrameLimits.MaxBody)}.");
            var body = (int)length;
            if (type == FrameType.Octets)
            {
                if (!BeginOctets(input[header..], flags, body, header, batch))
                    return false;
                continue;
            }

            if (input.Length < header + body)
            {
                needed = header + body;
                return false;
            }

            if (type == FrameType.Message)
                OnMessage(start, header, body, flags, batch);
            else
                OnFrame(type, flags, input.Slice(header, body), batch);
            start += header + body;
        }

        return false;
    }

    /// <summary>Takes the peer's preface.</summary>
    /// <returns>False while it is not whole.</returns>
    private bool ParsePreface()
    {
        var input = block!.Bytes.AsSpan(start, end - start);
        if (!Preface.CanBecome(input))
            throw new ProtocolViolationException($"It does not speak the Hawser wire; {Preface.Guess(input)}.");
        if (input.Length < Preface.Size)
        {
            needed = Preface.Size;
            return false;
        }

        var version = Preface.ReadVersion(input);
        if (version != Preface.Version)
            throw new VersionMismatchException(version);
        start += Preface.Size;
        prefaceSeen = true;
        return true;
    }

    private void OnMessage(int frameStart, int header, int body, FrameFlags flags, WorkBatch batch)
    {
        var frame = block!.Bytes.AsSpan(frameStart + header, body);
        var idSize = Varint.Read(frame, out var id);
        if (idSize == 0)
            throw new ProtocolViolationException("A Message frame ends in the middle of its call's id.");
        if (run is not null && id == runId && frameStart == runEnd && flags == FrameFlags.None && body <= MaxMessageSize)
        {
            runEnd = frameStart + header + body;
            runCost += body;
            return;
        }

        FlushRun(batch);
        var isEnd = (flags & FrameFlags.End) != 0;
        var call = isEnd && IsOwn(id) ? ending = RemoveOwn(id) : Find(id);
        if (isEnd && (flags & FrameFlags.More) != 0)
            throw new ProtocolViolationException($"The peer ended call {id} with half of a message missing.");
        if (flags == FrameFlags.None && body <= MaxMessageSize && call?.Messages is { HasPieces: false } messages)
        {
            run = messages;
            runCall = call;
            runId = id;
            runStart = frameStart;
            runEnd = frameStart + header + body;
            runCost = body;
            return;
        }

        var isFree = isEnd && (flags & FrameFlags.More) == 0 && body - idSize <= FrameLimits.MaxFreeMessage;
        var cost = isFree ? 0 : body;
        ReceiveLaneCredit(cost);
        if (call is null)
        {
            CheckKnown(id, FrameType.Message);
            ReturnLaneCredit(cost);
            return;
        }

        if (cost > 0)
            CountReceived(call, cost);
        call.OnMessage(new DataFrame(block, frameStart, frameStart + header + idSize, frameStart + header + body, flags, cost), batch);
        if (!isEnd)
            return;
        call.OnEnd(batch);
        ending = null;
    }

    private void FlushRun(WorkBatch batch)
    {
        if (run is null)
            return;
        var messages = run;
        run = null;
        ReceiveLaneCredit(runCost);
        CountReceived(runCall!, runCost);
        messages.Add(block!, runStart, runEnd, runCost, batch);
    }

    private void CountReceived(WireCall call, int cost)
    {
        if (!IsShared)
            Interlocked.Add(ref buffered, cost);
        (call.Received ?? throw new ProtocolViolationException($"The peer sent a message on call {call.Id}, which takes none.")).Receive(cost);
    }

    private bool BeginOctets(ReadOnlySpan<byte> input, FrameFlags flags, int body, int header, WorkBatch batch)
    {
        var idSize = Varint.Read(input[..Math.Min(input.Length, body)], out var id);
        if (idSize == 0)
        {
            if (input.Length >= body)
                throw new ProtocolViolationException("An Octets frame ends in the middle of its call's id.");
            needed = header + Math.Min(body, Varint.MaxSize);
            return false;
        }

        FlushRun(batch);
        var cost = body;
        ReceiveLaneCredit(cost);
        octetsEnd = (flags & FrameFlags.End) != 0;
        var call = Find(id);
        if (call is null)
            CheckKnown(id, FrameType.Octets);
        octetsCall = call;
        octetsOf = call?.Octets;
        octetsLeft = body - idSize;
        octetsIgnored = call is null ? cost : 0;
        if (call is not null)
        {
            if (octetsOf is null)
                throw new ProtocolViolationException($"The peer sent octets on call {id}, which takes none.");
            call.Received!.Receive(cost);
            if (IsShared)
                call.Received.Return(idSize);
        }

        start += header + idSize;
        if (octetsLeft == 0)
            EndOctets(batch);
        return true;
    }

    private void TakeOctets(WorkBatch batch)
    {
        var size = Math.Min(octetsLeft, end - start);
        if (!IsShared && octetsOf is not null)
            Interlocked.Add(ref buffered, size);
        octetsOf?.Add(block!, start, size, batch);
        start += size;
        octetsLeft -= size;
        if (octetsLeft == 0)
            EndOctets(batch);
    }

    private void EndOctets(WorkBatch batch)
    {
        if (octetsIgnored > 0)
            ReturnLaneCredit(octetsIgnored);
        var call = octetsCall;
        octetsOf = null;
        octetsCall = null;
        octetsIgnored = 0;
        if (octetsEnd && call is not null && (!IsOwn(call.Id) || RemoveOwn(call.Id) is not null))
            call.OnEnd(batch);
    }

    private void OnFrame(FrameType type, FrameFlags flags, ReadOnlySpan<byte> body, WorkBatch batch)
    {
        FlushRun(batch);
        if (!Connection.IsOpen && type is not (FrameType.Hello or FrameType.Close))
            throw new ProtocolViolationException($"The peer's first frame is a {type} frame; it must be its hello.");
        switch (type)
        {
            case FrameType.Call:
                OnCall(flags, body, batch);
                break;
            case FrameType.Route:
                OnRoute(body);
                break;
            case FrameType.Headers:
                OnHeaders(body);
                break;
            case FrameType.End:
                OnEnd(body, batch);
                break;
            case FrameType.Finish:
                OnFinish(flags, body, batch);
                break;
            case FrameType.Reset:
                OnReset(flags, body, batch);
                break;
            case FrameType.Credit:
                OnCredit(body);
                break;
            case FrameType.Hello or FrameType.Ping or FrameType.Pong or FrameType.GoingAway or FrameType.Close when IsShared:
                Connection.OnControl(type, body, batch);
                break;
            default:
                throw new ProtocolViolationException($"The peer sent a frame of type {(byte)type}, which is not known{(IsShared ? "" : " on a call's own lane")}.");
        }
    }

    private void OnRoute(ReadOnlySpan<byte> body)
    {
        var id = FrameBody.ReadNumber(ref body);
        var shape = FrameBody.ReadNumber(ref body);
        var codecBytes = FrameBody.ReadBytes(ref body);
        if (codecBytes.IsEmpty || codecBytes.Length > FrameLimits.MaxCodecName || codecBytes.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            throw new ProtocolViolationException($"The peer announced a codec whose name is not 1…{FrameLimits.MaxCodecName} printable ASCII characters.");
        var codec = Encoding.ASCII.GetString(codecBytes);
        var name = Encoding.UTF8.GetString(FrameBody.ReadBytes(ref body));
        FrameBody.ExpectEnd(body, FrameType.Route);
        if (id != (ulong)inboundRoutes.Count + 1)
            throw new ProtocolViolationException($"The peer announced route {id}; the next is {inboundRoutes.Count + 1}.");
        var most = IsShared ? FrameLimits.MaxRoutes : 1;
        if (id > (ulong)most)
            throw new ProtocolViolationException($"The peer announced more than {most} routes on one lane.");
        inboundRoutes.Add(id, new InboundRoute(RouteShape.ToMethod(name, shape), codec));
    }

    private InboundRoute RouteOf(ulong id)
    {
        if (lastRoute is not null && lastRouteId == id)
            return lastRoute;
        if (!inboundRoutes.TryGetValue(id, out var route))
            throw new ProtocolViolationException($"The peer called route {id}, which it has not announced.");
        lastRoute = route;
        lastRouteId = id;
        return route;
    }

    private void OnCall(FrameFlags flags, ReadOnlySpan<byte> body, WorkBatch batch)
    {
        var id = FrameBody.ReadNumber(ref body);
        var route = RouteOf(FrameBody.ReadNumber(ref body));
        if (id <= lastPeerId || (id & 1) == (nextOwnId & 1))
            throw new ProtocolViolationException($"The peer started call {id}, which is not the next of its ids (the last was {lastPeerId}).");
        if (!IsShared && lastPeerId != 0)
            throw new ProtocolViolationException("The peer started a second call on a call's own lane.");
        Volatile.Write(ref lastPeerId, id);
        ulong timeout = 0;
        var metadata = Metadata.Empty;
        var headersSize = 0;
        if ((flags & FrameFlags.HasHeaders) != 0)
        {
            headersSize = body.Length;
            timeout = FrameBody.ReadNumber(ref body);
            metadata = MetadataBlock.Read(ref body);
            headersSize -= body.Length;
        }

        var hasMessage = (flags & FrameFlags.HasMessage) != 0;
        if (!hasMessage)
            FrameBody.ExpectEnd(body, FrameType.Call);
        else if (body.Length > FrameLimits.MaxFreeMessage)
            throw new ProtocolViolationException($"The peer sent {body.Length} bytes within a Call frame; at most {FrameLimits.MaxFreeMessage} are allowed.");
        AcceptCall(new NewCall(id, route, metadata, headersSize, timeout, hasMessage, body.Length, (flags & FrameFlags.End) != 0), body, batch);
    }

    private void OnHeaders(ReadOnlySpan<byte> body)
    {
        var id = FrameBody.ReadNumber(ref body);
        if (!IsOwn(id))
            throw new ProtocolViolationException($"The peer sent Headers for call {id}, which it started itself.");
        CheckMetadata(body.Length);
        var metadata = MetadataBlock.Read(ref body);
        FrameBody.ExpectEnd(body, FrameType.Headers);
        if (Find(id) is { } call)
            call.OnHeaders(metadata);
        else
            CheckKnown(id, FrameType.Headers);
    }

    private void OnEnd(ReadOnlySpan<byte> body, WorkBatch batch)
    {
        var id = FrameBody.ReadNumber(ref body);
        FrameBody.ExpectEnd(body, FrameType.End);
        if (IsOwn(id))
            throw new ProtocolViolationException($"The peer sent End for call {id}; the side that serves ends a call with Finish.");
        if (Find(id) is { } call)
            call.OnEnd(batch);
        else
            CheckKnown(id, FrameType.End);
    }

    private void OnFinish(FrameFlags flags, ReadOnlySpan<byte> body, WorkBatch batch)
    {
        var id = FrameBody.ReadNumber(ref body);
        if (!IsOwn(id))
            throw new ProtocolViolationException($"The peer finished call {id}, which it started itself.");
        CheckMetadata(body.Length);
        var status = Status.Ok;
        var trailers = Metadata.Empty;
        if (!body.IsEmpty)
        {
            var code = Status.CodeFromNumber(FrameBody.ReadNumber(ref body));
            var text = FrameBody.ReadText(ref body);
            var details = FrameBody.ReadBytes(ref body);
            trailers = MetadataBlock.Read(ref body);
            FrameBody.ExpectEnd(body, FrameType.Finish);
            status = new Status(code, text, details.ToArray());
        }

        ending = RemoveOwn(id);
        if (ending is { } call)
            call.OnFinish(status, trailers, (flags & FrameFlags.NotRun) != 0, batch);
        else
            CheckKnown(id, FrameType.Finish);
        ending = null;
    }

    private void OnReset(FrameFlags flags, ReadOnlySpan<byte> body, WorkBatch batch)
    {
        var id = FrameBody.ReadNumber(ref body);
        var code = Status.CodeFromNumber(FrameBody.ReadNumber(ref body));
        var text = FrameBody.ReadText(ref body);
        FrameBody.ExpectEnd(body, FrameType.Reset);
        var call = IsOwn(id) ? RemoveOwn(id) : peerCalls.Find(id);
        if (call is null)
            CheckKnown(id, FrameType.Reset);
        else
            call.OnReset(new Status(code == StatusCode.Ok ? StatusCode.Cancelled : code, text), (flags & FrameFlags.NotRun) != 0, batch);
    }

    private void OnCredit(ReadOnlySpan<byte> body)
    {
        var id = FrameBody.ReadNumber(ref body);
        var amount = FrameBody.ReadNumber(ref body);
        FrameBody.ExpectEnd(body, FrameType.Credit);
        var flush = false;
        lock (Output.Gate)
        {
            if (id == 0)
            {
                Credit.Grant(amount);
                while (Credit.TakeReady() is { } chunk)
                {
                    Output.AddBulk(chunk);
                    flush = true;
                }
            }
            else if ((IsOwn(id) ? ownCalls : peerCalls).Find(id) is { } call)
            {
                flush = call.OnCredit(amount);
            }
            else
            {
                CheckKnown(id, FrameType.Credit);
            }
        }

        if (flush)
            Output.Flush();
        if (id == 0)
            Connection.StartWaiting();
    }

    private void CheckMetadata(int size)
    {
        if (size > MaxMetadataSize + FrameLimits.MaxReason)
            throw new ProtocolViolationException($"The peer sent {size} bytes of metadata and status; at most {MaxMetadataSize} are allowed (ConnectionLimits.MaxMetadataSize).");
    }
}
