using System.Buffers;
using System.Buffers.Binary;

namespace Hawser.Frames;

/// <summary>What concerns the connection as a whole: preface, hello, ping, going away, close.</summary>
internal sealed partial class FrameConnection
{
    /// <summary>A peer cannot have itself pinged more often than this.</summary>
    private const int MinKeepAliveMilliseconds = 250;

    private ITimer? keepAlive;
    private TimeSpan? roundTripTime;
    private long lastProgress;
    private long lastBusy;
    private long seenCalls;
    private long pingSent;
    private ulong pingNumber;
    private ulong pingAnswered;
    private volatile bool isGoingAway;
    private volatile bool isPeerGoingAway;
    private string peerGoingAwayReason = "";

    /// <summary>Whether this side takes no new calls.</summary>
    public bool IsGoingAway => isGoingAway;

    /// <summary>Why this side takes no new calls.</summary>
    public string GoingAwayReason { get; private set; } = "";

    /// <summary>Whether the peer takes no new calls.</summary>
    public bool IsPeerGoingAway => isPeerGoingAway;

    /// <summary>Bytes have arrived: the peer lives.</summary>
    public void OnProgress() => Volatile.Write(ref lastProgress, TimeProvider.GetTimestamp());

    /// <summary>Tells the peer that calls after the last one it started are not run. Its calls in flight go on.</summary>
    public void GoAway(string reason)
    {
        GoingAwayReason = reason;
        isGoingAway = true;

        // The lane's thread sets the last id, then looks at the flag: one of the two must see the other, and it is this rare side that pays for it.
        Interlocked.MemoryBarrierProcessWide();
        if (!ServesCalls || !IsOpen)
            drained.TrySetResult();
        if (!IsOpen)
            return;
        lock (first.Output.Gate)
        {
            var text = FrameLane.TextBytes(reason, FrameLimits.MaxReason);
            AppendFrame(FrameType.GoingAway, text.Length + (3 * Varint.MaxSize), text, (first.LastPeerId, (ulong)StatusCode.Unavailable));
        }

        first.Output.Flush();
    }

    /// <summary>Takes a frame that concerns the connection. The first lane's thread only.</summary>
    public void OnControl(FrameType type, ReadOnlySpan<byte> body, WorkBatch batch)
    {
        switch (type)
        {
            case FrameType.Hello:
                OnHello(body);
                break;
            case FrameType.Ping:
                ExpectEight(body, type);
                AppendAndFlush(FrameType.Pong, body);
                break;
            case FrameType.Pong:
                ExpectEight(body, type);
                OnPong(BinaryPrimitives.ReadUInt64BigEndian(body));
                break;
            case FrameType.GoingAway:
                OnGoingAway(body, batch);
                break;
            default:
                OnClose(body);
                break;
        }
    }

    private static void ExpectEight(ReadOnlySpan<byte> body, FrameType type)
    {
        if (body.Length != 8)
            throw new ProtocolViolationException($"A {type} frame has {body.Length} bytes; it must have 8.");
    }

    private void AppendPreface()
    {
        var settingsBytes = new ArrayBufferWriter<byte>();
        Hello.From(Limits).Write(settingsBytes);
        lock (first.Output.Gate)
        {
            var span = first.Output.GetSpan(Preface.Size + FrameLimits.MaxHeader + settingsBytes.WrittenCount);
            Preface.Write(span);
            span[Preface.Size] = (byte)FrameType.Hello;
            var size = Preface.Size + 1;
            size += Varint.Write(span[size..], (ulong)settingsBytes.WrittenCount);
            settingsBytes.WrittenSpan.CopyTo(span[size..]);
            first.Output.Advance(size + settingsBytes.WrittenCount);
        }
    }

    private void AppendFrame(FrameType type, int most, ReadOnlySpan<byte> text, (ulong First, ulong? Second) numbers)
    {
        var span = first.Output.GetSpan(5 + most);
        var at = 5 + Varint.Write(span[5..], numbers.First);
        if (numbers.Second is { } second)
            at += Varint.Write(span[at..], second);
        at += Varint.Write(span[at..], (ulong)text.Length);
        text.CopyTo(span[at..]);
        at += text.Length;
        span[0] = (byte)type;
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        first.Output.Advance(at);
    }

    private void AppendClose(StatusCode code, string reason)
    {
        lock (first.Output.Gate)
        {
            var text = FrameLane.TextBytes(reason, FrameLimits.MaxReason);
            AppendFrame(FrameType.Close, text.Length + (2 * Varint.MaxSize), text, ((ulong)code, null));
        }
    }

    private void AppendAndFlush(FrameType type, ReadOnlySpan<byte> body)
    {
        lock (first.Output.Gate)
        {
            var span = first.Output.GetSpan(2 + body.Length);
            span[0] = (byte)type;
            span[1] = (byte)body.Length;
            body.CopyTo(span[2..]);
            first.Output.Advance(2 + body.Length);
        }

        first.Output.FlushSoon(alone: true);
    }

    private void OnHello(ReadOnlySpan<byte> body)
    {
        if (IsOpen)
            throw new ProtocolViolationException("The peer sent a second hello.");
        Peer = Hello.Read(body);
        first.SetWindows(Limits, Peer);
        Volatile.Write(ref lastBusy, TimeProvider.GetTimestamp());
        if (Interlocked.CompareExchange(ref state, (int)State.Open, (int)State.Handshaking) == (int)State.Handshaking)
        {
            Log.ConnectionOpened(settings.Logger, RemoteAddress, Peer.Software);
            hello.TrySetResult();
        }
    }

    private void OnPong(ulong number)
    {
        if (number == 0 || number > pingNumber)
            throw new ProtocolViolationException("The peer answered a ping that was never sent.");
        if (number != pingNumber)
            return;
        pingAnswered = number;
        roundTripTime = TimeProvider.GetElapsedTime(Volatile.Read(ref pingSent));
    }

    private void OnGoingAway(ReadOnlySpan<byte> body, WorkBatch batch)
    {
        var last = FrameBody.ReadNumber(ref body);
        _ = FrameBody.ReadNumber(ref body);
        var reason = FrameBody.ReadText(ref body);
        FrameBody.ExpectEnd(body, FrameType.GoingAway);
        peerGoingAwayReason = reason;
        Log.PeerGoingAway(settings.Logger, RemoteAddress, reason);
        var status = new Status(StatusCode.Unavailable, $"{RemoteAddress} is going away ({reason}). The call was not run.");
        lock (first.Output.Gate)
        {
            isPeerGoingAway = true;
        }

        foreach (var call in first.RemoveOwnAbove(last))
            call.OnLost(status, notRun: true, batch);
        RefuseWaiting(status);
        LeaveIfIdle();
    }

    /// <summary>A connection whose peer takes no new calls is of no more use once the last call on it has ended.</summary>
    private void LeaveIfIdle()
    {
        if (IsInitiator && CallsInFlight == 0)
            _ = CloseAsync(StatusCode.Ok, "the peer is going away, and no call is left");
    }

    private void OnClose(ReadOnlySpan<byte> body)
    {
        var code = Status.CodeFromNumber(FrameBody.ReadNumber(ref body));
        var reason = FrameBody.ReadText(ref body);
        FrameBody.ExpectEnd(body, FrameType.Close);
        peerGoingAwayReason = reason;
        isPeerGoingAway = true;
        Interlocked.CompareExchange(ref endReason, $"the peer closed it: {reason}", null);
        if (code is not (StatusCode.Ok or StatusCode.Unavailable))
            Log.ClosedByPeer(settings.Logger, RemoteAddress, code, reason);
    }

    private void StartKeepAlive()
    {
        var interval = KeepAliveInterval;
        var idle = Limits.IdleTimeout;
        if (interval is null && idle is null)
            return;
        var period = interval is null ? idle!.Value : idle is null || interval < idle ? interval.Value : idle.Value;
        OnProgress();

        // Half the shortest time, so that nothing is noticed more than half of it late.
        var half = TimeSpan.FromTicks(Math.Max(period.Ticks / 2, TimeSpan.TicksPerMillisecond));
        keepAlive = TimeProvider.CreateTimer(static state => ((FrameConnection)state!).OnTick(), this, half, half);
        if (!IsOpen)
            keepAlive.Dispose();
    }

    /// <summary>The peer said after how much silence it gives up; a third of that leaves room for two pings to go astray.</summary>
    private TimeSpan? KeepAliveInterval => Peer.GivesUpAfter == 0
        ? Limits.KeepAliveInterval
        : Limits.KeepAliveInterval is { } mine && mine < TimeSpan.FromMilliseconds(Peer.GivesUpAfter / 3.0)
            ? mine
            : TimeSpan.FromMilliseconds(Math.Max(MinKeepAliveMilliseconds, Peer.GivesUpAfter / 3.0));

    private void OnTick()
    {
        if (!IsOpen)
            return;
        var calls = Volatile.Read(ref callsStarted) + CountServed();
        if (CallsInFlight > 0 || calls != seenCalls)
        {
            // Calls that began and ended since the last look count, too.
            seenCalls = calls;
            Volatile.Write(ref lastBusy, TimeProvider.GetTimestamp());
        }
        else if (Limits.IdleTimeout is { } idle && TimeProvider.GetElapsedTime(Volatile.Read(ref lastBusy)) >= idle)
        {
            _ = CloseAsync(StatusCode.Ok, $"there were no calls for {idle.TotalSeconds:0.###} s (ConnectionLimits.IdleTimeout)");
            return;
        }

        if (KeepAliveInterval is not { } interval)
            return;
        var silence = TimeProvider.GetElapsedTime(Volatile.Read(ref lastProgress));
        if (pingAnswered != pingNumber && silence >= Limits.KeepAliveTimeout && TimeProvider.GetElapsedTime(pingSent) >= Limits.KeepAliveTimeout)
            Abort($"there was no sign of life for {silence.TotalSeconds:0.###} s (ConnectionLimits.KeepAliveTimeout)");
        else if (pingAnswered == pingNumber && silence >= interval)
            Ping();
    }

    private void Ping()
    {
        Span<byte> body = stackalloc byte[8];
        Volatile.Write(ref pingSent, TimeProvider.GetTimestamp());
        BinaryPrimitives.WriteUInt64BigEndian(body, ++pingNumber);
        AppendAndFlush(FrameType.Ping, body);
    }
}
