using System.Buffers;
using System.Diagnostics;

namespace Hawser.Frames;

/// <summary>One unary or one-way call of this side: the request goes out whole, the reply is held where it was read until the caller has it.</summary>
/// <remarks>Reused, unless it has a token or a deadline, whose callbacks may still be under way when the call has ended.</remarks>
internal sealed class UnaryWireCall(FrameLane lane) : WireCall(lane)
{
    private UnaryReply? reply;
    private Block? block;
    private int start;
    private int size;
    private bool hasMessage;
    private Status status = Status.Ok;
    private Rest? rest;

    /// <summary>The next in the lane's list of calls to reuse.</summary>
    public UnaryWireCall? NextFree { get; set; }

    /// <summary>Why the caller does not want the call any more, if so. Under the gate.</summary>
    public Status? GivenUp => rest?.GivenUp;

    /// <summary>What sends a large request.</summary>
    public CallOutput Output => rest!.Output!;

    public override CallCredit? Received => More.Received ??= new CallCredit(Lane, Id);

    /// <summary>What most calls do not need, and what keeps one that has it from being reused.</summary>
    private Rest More => rest ??= new Rest();

    public void Begin(Method method, UnaryReply taker)
    {
        reply = taker;
        var startedAt = Lane.Connection.Telemetry.CallStarting();
        if (startedAt != 0)
            (More.Method, More.StartedAt) = (method, startedAt);
    }

    /// <summary>Has a span end with the call.</summary>
    public void Trace(Activity? activity) => More.Activity = activity;

    /// <summary>Watches the caller's token and deadline. Before the call is started, so that nothing of it outlives the call.</summary>
    public void Watch(Method method, in CallOptions options)
    {
        More.Method = method;
        if (options.Timeout is { } timeout)
        {
            More.Timer = Lane.Connection.TimeProvider.CreateTimer(
                static state => ((UnaryWireCall)state!).GiveUp(StatusCode.DeadlineExceeded, "The deadline of the call of '{0}' has passed."),
                this,
                FrameLimits.TimerDue(timeout),
                Timeout.InfiniteTimeSpan);
        }

        if (options.CancellationToken.CanBeCanceled)
        {
            More.Registration = options.CancellationToken.UnsafeRegister(
                static state => ((UnaryWireCall)state!).GiveUp(StatusCode.Cancelled, "The caller cancelled the call of '{0}'."),
                this);
        }
    }

    /// <summary>Makes what sends a large request, once the call has its number. Under the gate.</summary>
    public void PrepareOutput() => More.Output = new CallOutput(Lane, Id);

    /// <summary>Ends the call before it was sent.</summary>
    public void Refuse(Status reason)
    {
        status = reason;
        More.NotRun = true;
        Lane.Output.Dispatcher.AddAndRequest(this);
    }

    /// <summary>Ends a one-way call: it has been handed to the lane.</summary>
    public void Sent() => Lane.Output.Dispatcher.AddAndRequest(this);

    public override void OnMessage(in DataFrame frame, WorkBatch batch)
    {
        if (hasMessage && rest?.HasPieces != true)
            throw new ProtocolViolationException($"The peer sent more than one reply to the unary call {Id}.");
        hasMessage = true;
        if (frame.IsEnd && rest?.HasPieces != true && frame.Cost == 0 && frame.Payload.Length <= Lane.MaxMessageSize)
        {
            block = frame.Block;
            block.AddReference();
            start = frame.PayloadStart;
            size = frame.EndOffset - frame.PayloadStart;
            return;
        }

        More.HasPieces = frame.HasMore;
        Received!.Return(frame.Cost);
        if (size + frame.Payload.Length > Lane.MaxMessageSize)
            Abandon(InboundMessages.TooLarge(Lane.MaxMessageSize), batch);
        else if (!Lane.TryHoldForAssembly(frame.Payload.Length))
            Abandon(InboundMessages.TooManyPieces(Lane.MaxAssemblySize), batch);
        else
            Assemble(frame.Payload);
    }

    public override void OnHeaders(Metadata metadata) => More.Headers = metadata;

    public override void OnEnd(WorkBatch batch) => batch.Add(this);

    public override void OnFinish(Status final, Metadata metadata, bool notRun, WorkBatch batch)
    {
        if (final.IsOk && rest?.HasPieces == true)
            throw new ProtocolViolationException($"The peer finished call {Id} with half of its reply missing.");
        status = final;
        if (metadata.Count > 0 || notRun)
            (More.Trailers, More.NotRun) = (metadata, notRun);
        batch.Add(this);
    }

    public override void OnReset(Status reason, bool notRun, WorkBatch batch) => OnFinish(reason, Metadata.Empty, notRun, batch);

    public override void OnLost(Status reason, bool notRun, WorkBatch batch) => OnFinish(reason, Metadata.Empty, notRun, batch);

    public override bool OnCredit(ulong amount) => rest?.Output?.Grant(amount) ?? false;

    public override void Run()
    {
        var taker = reply!;
        var final = status;
        var more = rest;
        var has = hasMessage;
        if (more is not null)
        {
            RunWith(more, taker, final);
            return;
        }

        var owner = block;
        var (from, length) = (start, size);
        Recycle();
        if (final.IsOk)
            taker.Complete(owner is null ? default : new ReadOnlySequence<byte>(owner.Bytes, from, length), has, Metadata.Empty, Metadata.Empty);
        else
            taker.Fail(final, notRun: false, Metadata.Empty, Metadata.Empty);
        owner?.Release();
    }

    private void RunWith(Rest more, UnaryReply taker, Status final)
    {
        more.Registration.Dispose();
        more.Timer?.Dispose();
        more.Received?.Close();
        more.Output?.Close();
        if (more.StartedAt != 0)
            Lane.Connection.Telemetry.ClientCallEnded(more.Method!, final, more.StartedAt);
        Tracing.End(more.Activity, Tracing.HawserSystem, final);
        lock (more)
        {
            more.IsOver = true;
        }

        var bytes = more.Assembled ?? block?.Bytes;
        if (final.IsOk)
            taker.Complete(bytes is null ? default : new ReadOnlySequence<byte>(bytes, start, size), hasMessage, more.Headers, more.Trailers);
        else
            taker.Fail(final, more.NotRun, more.Headers, more.Trailers);
        block?.Release();
        if (more.Assembled is null)
            return;
        Lane.ReleaseFromAssembly(size);
        ArrayPool<byte>.Shared.Return(more.Assembled);
    }

    private void Recycle()
    {
        block = null;
        reply = null;
        Id = 0;
        start = size = 0;
        hasMessage = false;
        status = Status.Ok;
        Lane.Free(this);
    }

    private void Assemble(ReadOnlySpan<byte> piece)
    {
        // The caller may give the call up at this very moment, on another thread.
        lock (More)
        {
            if (More.IsOver)
            {
                Lane.ReleaseFromAssembly(piece.Length);
                return;
            }

            More.Assembled = PooledArrays.Append(More.Assembled, size, piece, Lane.MaxMessageSize);
            size += piece.Length;
        }
    }

    /// <summary>Ends the call because of what the peer sends.</summary>
    private void Abandon(Status reason, WorkBatch batch)
    {
        status = reason;

        // Of a call that has left the table with this frame, its last, the end follows by itself.
        if (Lane.TryGiveUp(this, Id, reason))
            batch.Add(this);
    }

    private void GiveUp(StatusCode code, string text)
    {
        var reason = new Status(code, string.Format(null, text, More.Method));
        ulong id;
        lock (Lane.Output.Gate)
        {
            More.GivenUp = reason;
            id = Id;
        }

        if (Lane.Connection.RemoveWaiting(this))
        {
            Refuse(reason);
            return;
        }

        if (!Lane.TryGiveUp(this, id, reason))
            return;
        status = reason;
        Lane.Output.Dispatcher.AddAndRequest(this);
    }

    /// <summary>The parts of the uncommon call: large, watched, or with metadata.</summary>
    private sealed class Rest
    {
        public Method? Method { get; set; }

        public long StartedAt { get; set; }

        public CancellationTokenRegistration Registration { get; set; }

        public ITimer? Timer { get; set; }

        public Activity? Activity { get; set; }

        public Status? GivenUp { get; set; }

        public bool NotRun { get; set; }

        public Metadata Headers { get; set; } = Metadata.Empty;

        public Metadata Trailers { get; set; } = Metadata.Empty;

        public CallCredit? Received { get; set; }

        public CallOutput? Output { get; set; }

        public byte[]? Assembled { get; set; }

        public bool HasPieces { get; set; }

        public bool IsOver { get; set; }
    }
}
