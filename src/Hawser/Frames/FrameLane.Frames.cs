using System.Text;

namespace Hawser.Frames;

/// <summary>What each frame that concerns calls means.</summary>
internal sealed partial class FrameLane
{
    private readonly Dictionary<ulong, InboundRoute> inboundRoutes = [];
    private InboundRoute? lastRoute;
    private ulong lastRouteId;

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
        var isOfConnection = id == 0 && IsShared;
        if (!isOfConnection && !IsOwn(id))
            throw new ProtocolViolationException($"The peer sent Headers for call {id}, which it started itself.");
        CheckMetadata(body.Length);
        var metadata = MetadataBlock.Read(ref body);
        FrameBody.ExpectEnd(body, FrameType.Headers);
        if (isOfConnection)
            Connection.OnPeerMetadata(metadata);
        else if (Find(id) is { } call)
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

        var notRun = (flags & FrameFlags.NotRun) != 0;
        if (notRun && !IsShared && status.Code == StatusCode.Unavailable)
            Connection.OnRefusedOnOwnLane();
        ending = RemoveOwn(id);
        if (ending is { } call)
            call.OnFinish(status, trailers, notRun, batch);
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
        if (id != 0)
            return;
        Connection.StartWaiting();
        Connection.SignalRoom();
    }

    private void OnAck(FrameFlags flags, ReadOnlySpan<byte> body)
    {
        var id = FrameBody.ReadNumber(ref body);
        var number = FrameBody.ReadNumber(ref body);
        FrameBody.ExpectEnd(body, FrameType.Ack);
        if (Find(id) is not { } call)
            CheckKnown(id, FrameType.Ack);
        else if ((flags & FrameFlags.Answer) != 0)
            call.OnAcknowledged(number);
        else
            call.OnAcknowledge(number);
    }

    private void CheckMetadata(int size)
    {
        if (size > MaxMetadataSize + FrameLimits.MaxReason)
            throw new ProtocolViolationException($"The peer sent {size} bytes of metadata and status; at most {MaxMetadataSize} are allowed (ConnectionLimits.MaxMetadataSize).");
    }
}
