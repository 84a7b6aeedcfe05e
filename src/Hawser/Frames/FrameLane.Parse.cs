namespace Hawser.Frames;

/// <summary>The frames of a lane, as they come in.</summary>
internal sealed partial class FrameLane
{
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
            case FrameType.Ack:
                OnAck(flags, body);
                break;
            case FrameType.Hello or FrameType.Ping or FrameType.Pong or FrameType.GoingAway or FrameType.Close when IsShared:
                Connection.OnControl(type, body, batch);
                break;
            default:
                throw new ProtocolViolationException($"The peer sent a frame of type {(byte)type}, which is not known{(IsShared ? "" : " on a call's own lane")}.");
        }
    }
}
