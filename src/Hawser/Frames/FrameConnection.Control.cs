using System.Buffers;
using System.Buffers.Binary;

namespace Hawser.Frames;

/// <summary>What concerns the connection as a whole: preface, hello, ping, going away, close.</summary>
internal sealed partial class FrameConnection
{
    /// <summary>A peer cannot have itself pinged more often than this.</summary>
    private const int MinKeepAliveMilliseconds = 250;

    /// <summary>At so many moments of a period a server looks after all connections that are due.</summary>
    private const int LooksPerPeriod = 16;

    private readonly Pings pings;
    private ITimer? keepAlive;
    private TimeSpan lookPeriod;
    private long lastProgress;
    private long lastBusy;
    private long seenCalls;
    private volatile bool isGoingAway;

    /// <summary>Whether the peer has been told that this side is going away, so that the end of its last call is the end of the drain.</summary>
    private volatile bool isDraining;
    private volatile bool isPeerGoingAway;

    /// <summary>Whether this side starts no more calls: the peer takes none, or this side has said CLOSE.</summary>
    private volatile bool startsNoCalls;
    private string peerGoingAwayReason = "";

    /// <summary>Whether this side takes no new calls.</summary>
    public bool IsGoingAway => isGoingAway;

    /// <summary>Why this side takes no new calls.</summary>
    public string GoingAwayReason { get; private set; } = "";

    /// <summary>Whether the peer takes no new calls.</summary>
    public bool IsPeerGoingAway => isPeerGoingAway;

    public override ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => pings.PingAsync(SendPing, cancellationToken);

    /// <summary>Bytes have arrived: the peer lives.</summary>
    public void OnProgress() => Volatile.Write(ref lastProgress, TimeProvider.GetTimestamp());

    /// <summary>Tells the peer that calls after the last one that was accepted are not run. Its calls in flight go on.</summary>
    /// <param name="reason">Why, for people.</param>
    /// <param name="code"><see cref="StatusCode.Ok"/> when nobody calls, so that the peer needs no other connection for now.</param>
    public void GoAway(string reason, StatusCode code = StatusCode.Unavailable)
    {
        GoingAwayReason = reason;
        isGoingAway = true;

        // The lane's thread sets the last id, then looks at the flag: one of the two must see the other, and it is this rare side that pays for it.
        Interlocked.MemoryBarrierProcessWide();
        var isOpen = IsOpen;
        if (isOpen)
        {
            AnnounceGoingAway(reason, code);
            first.Output.Flush();
        }

        // Only now: what is read before the peer has been told counts as in flight until its end, or its refusal, has been written.
        isDraining = true;
        Interlocked.MemoryBarrier();
        if (!ServesCalls || !isOpen)
            drained.TrySetResult();
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
                pings.OnPong(BinaryPrimitives.ReadUInt64BigEndian(body));
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
        Hello.From(Limits, metadata).Write(settingsBytes);
        lock (first.Output.Gate)
        {
            // Closed before it was accepted: the peer has been told so instead, and nothing may follow.
            if (prefaceSent)
                return;
            var span = first.Output.GetSpan(Preface.Size + FrameLimits.MaxHeader + settingsBytes.WrittenCount);
            prefaceSent = true;
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
            AppendBarePreface();
            var text = FrameLane.TextBytes(reason, FrameLimits.MaxReason);
            AppendFrame(FrameType.Close, text.Length + (2 * Varint.MaxSize), text, ((ulong)code, null));
            closeSent = true;
            startsNoCalls = true;
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
        if (IsOpen || hello.Task.IsCompleted)
            throw new ProtocolViolationException("The peer sent a second hello.");
        Peer = Hello.Read(body);
        first.SetWindows(Limits, Peer);
        if (!TakeHelloMetadata())
            return;
        Volatile.Write(ref lastBusy, TimeProvider.GetTimestamp());
        if (!isDeciding)
        {
            if (!TryEnterOpen())
                return;
            TellOpened();
        }

        hello.TrySetResult();
    }

    private void OnGoingAway(ReadOnlySpan<byte> body, WorkBatch batch)
    {
        var last = FrameBody.ReadNumber(ref body);
        var code = Status.CodeFromNumber(FrameBody.ReadNumber(ref body));
        var reason = FrameBody.ReadText(ref body);
        FrameBody.ExpectEnd(body, FrameType.GoingAway);
        hasEndedIdle |= code == StatusCode.Ok;
        Log.PeerGoingAway(settings.Logger, RemoteAddress, reason);
        var status = new Status(StatusCode.Unavailable, $"{RemoteAddress} is going away ({reason}). The call was not run.");
        StartNoCalls(reason);
        foreach (var call in first.RemoveOwnAbove(last))
            call.OnLost(status, notRun: true, batch);
        RefuseWaiting(status);
        LeaveWhenIdle();
    }

    private void OnClose(ReadOnlySpan<byte> body)
    {
        var code = Status.CodeFromNumber(FrameBody.ReadNumber(ref body));
        var reason = FrameBody.ReadText(ref body);
        FrameBody.ExpectEnd(body, FrameType.Close);
        peerGoingAwayReason = reason;
        isPeerGoingAway = true;
        startsNoCalls = true;
        hasEndedIdle |= code == StatusCode.Ok;
        ClosedByPeer = new Status(code, reason);
        if (!IsOpen)
            Refusal = new Status(code == StatusCode.Ok ? StatusCode.Unavailable : code, $"{RemoteAddress} refused the connection: {reason.TrimEnd('.')}.");
        SetEnd(code, $"the peer closed it: {reason}");
        if (code is not (StatusCode.Ok or StatusCode.Unavailable))
            Log.ClosedByPeer(settings.Logger, RemoteAddress, code, reason);
        if (laneEnded is null)
            _ = AbortUnlessLaneEndsAsync();
    }

    private void StartKeepAlive()
    {
        var interval = KeepAliveInterval;
        var idle = Limits.IdleTimeout;
        if (interval is null && idle is null)
            return;
        var period = interval is null ? idle!.Value : idle is null || interval < idle ? interval.Value : idle.Value;
        OnProgress();

        // Half the shortest time, so that nothing is noticed more than half of it late. A server that only keeps alive asks whenever it looks.
        lookPeriod = !IsInitiator && idle is null ? period : TimeSpan.FromTicks(Math.Max(period.Ticks / 2, TimeSpan.TicksPerMillisecond));
        keepAlive = TimeProvider.CreateTimer(static state => ((FrameConnection)state!).OnTick(), this, IsInitiator ? lookPeriod : UntilSharedLook(lookPeriod), lookPeriod);
        if (!IsOpen)
            keepAlive.Dispose();
    }

    /// <summary>When a server looks first: a little early, so that it looks after many connections at the same moment. To wake a thread for each would cost more than to look.</summary>
    private TimeSpan UntilSharedLook(TimeSpan period)
    {
        var step = period.Ticks / LooksPerPeriod;
        return step < TimeSpan.TicksPerMillisecond ? period : period - TimeSpan.FromTicks((TimeProvider.GetElapsedTime(0).Ticks + period.Ticks) % step);
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
        else if (Limits.IdleTimeout is { } idle && !isGoingAway && TimeProvider.GetElapsedTime(Volatile.Read(ref lastBusy)) >= idle)
        {
            _ = LeaveIdleAsync($"there were no calls for {idle.TotalSeconds:0.###} s (ConnectionLimits.IdleTimeout)");
            return;
        }

        if (KeepAliveInterval is not { } interval)
            return;
        var silence = TimeProvider.GetElapsedTime(Volatile.Read(ref lastProgress));
        if (pings.KeepAliveUnanswered is not { } waited)
        {
            // Of two sides with the same interval the server is first, which asks many at once; so its clients need not.
            if (silence >= (IsInitiator ? interval : interval - (lookPeriod / 2)))
                SendPing(pings.BeginKeepAlive());
            return;
        }

        var left = Limits.KeepAliveTimeout - (silence < waited ? silence : waited);
        if (left <= TimeSpan.Zero)
            Abort($"there was no sign of life for {silence.TotalSeconds:0.###} s (ConnectionLimits.KeepAliveTimeout)");
        else if (left < lookPeriod)
            keepAlive!.Change(FrameLimits.TimerDue(left), lookPeriod);
    }

    private void SendPing(ulong number)
    {
        Span<byte> body = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(body, number);
        AppendAndFlush(FrameType.Ping, body);
    }
}
