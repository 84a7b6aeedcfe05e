using System.Buffers;

namespace Hawser.Frames;

/// <summary>One unary or one-way call of this side: the request goes out whole, the reply is held where it was read until the caller has it.</summary>
/// <remarks>Reused, unless it has a token or a deadline, whose callbacks may still be under way when the call has ended.</remarks>
internal sealed class UnaryWireCall(FrameLane lane) : WireCall(lane)
{
    private UnaryReply? reply;
    private Block? block;
    private byte[]? assembled;
    private int start;
    private int size;
    private bool hasMessage;
    private bool hasMore;
    private bool tooLarge;
    private Status status = Status.Ok;
    private Metadata headers = Metadata.Empty;
    private Metadata trailers = Metadata.Empty;
    private bool notRun;
    private CallCredit? received;
    private CallOutput? output;
    private CancellationTokenRegistration registration;
    private ITimer? timer;
    private Method? method;
    private long startedAt;

    /// <summary>The next in the lane's list of calls to reuse.</summary>
    public UnaryWireCall? NextFree { get; set; }

    public bool CanBeReused { get; private set; }

    /// <summary>Why the caller does not want the call any more, if so. Under the gate.</summary>
    public Status? GivenUp { get; private set; }

    public CallOutput Output => output ??= new CallOutput(Lane, Id);

    public override CallCredit? Received => received ??= new CallCredit(Lane, Id);

    public void Begin(Method called, UnaryReply taker)
    {
        method = called;
        reply = taker;
        CanBeReused = true;
        startedAt = Lane.Connection.Telemetry.CallStarting();
    }

    /// <summary>Watches the caller's token and deadline. Before the call is started, so that nothing of it outlives the call.</summary>
    public void Watch(in CallOptions options)
    {
        CanBeReused = false;
        if (options.Timeout is { } timeout)
        {
            timer = Lane.Connection.TimeProvider.CreateTimer(
                static state => ((UnaryWireCall)state!).GiveUp(StatusCode.DeadlineExceeded, "The deadline of the call of '{0}' has passed."),
                this,
                timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan);
        }

        if (options.CancellationToken.CanBeCanceled)
        {
            registration = options.CancellationToken.UnsafeRegister(
                static state => ((UnaryWireCall)state!).GiveUp(StatusCode.Cancelled, "The caller cancelled the call of '{0}'."),
                this);
        }
    }

    /// <summary>Ends the call before it was sent.</summary>
    public void Refuse(Status reason)
    {
        status = reason;
        notRun = true;
        Lane.Output.Dispatcher.AddAndRequest(this);
    }

    /// <summary>Ends a one-way call: it has been handed to the lane.</summary>
    public void Sent() => Lane.Output.Dispatcher.AddAndRequest(this);

    public override void OnMessage(in DataFrame frame, ref WorkBatch batch)
    {
        if (hasMessage && !hasMore)
            throw new ProtocolViolationException($"The peer sent more than one reply to the unary call {Id}.");
        hasMessage = true;
        hasMore = frame.HasMore;
        if (frame.IsEnd && !frame.HasMore && assembled is null && frame.Cost == 0)
        {
            block = frame.Block;
            block.AddReference();
            start = frame.PayloadStart;
            size = frame.EndOffset - frame.PayloadStart;
            return;
        }

        Assemble(frame.Payload);
        Received!.Return(frame.Cost);
        if (tooLarge)
            Abandon(InboundMessages.TooLarge(Lane.MaxMessageSize), ref batch);
    }

    public override void OnHeaders(Metadata metadata) => headers = metadata;

    public override void OnEnd(ref WorkBatch batch)
    {
        if (hasMore && status.IsOk)
            status = InboundMessages.Cut();
        batch.Add(this);
    }

    public override void OnFinish(Status final, Metadata metadata, bool wasNotRun, ref WorkBatch batch)
    {
        status = hasMore && final.IsOk ? InboundMessages.Cut() : final;
        trailers = metadata;
        notRun = wasNotRun;
        batch.Add(this);
    }

    public override void OnReset(Status reason, bool wasNotRun, ref WorkBatch batch) => OnFinish(reason, Metadata.Empty, wasNotRun, ref batch);

    public override void OnLost(Status reason, bool wasNotRun, ref WorkBatch batch) => OnFinish(reason, Metadata.Empty, wasNotRun, ref batch);

    public override bool OnCredit(ulong amount) => output?.Grant(amount) ?? false;

    public override void Run()
    {
        registration.Dispose();
        timer?.Dispose();
        received?.Close();
        output?.Close();
        var taker = reply!;
        var (final, wasNotRun, head, tail) = (status, notRun, headers, trailers);
        var (owner, bytes, from, length, has) = (block, assembled, start, size, hasMessage);
        if (startedAt != 0)
            Lane.Connection.Telemetry.ClientCallEnded(method!, final, startedAt);
        Recycle();
        if (final.IsOk)
            taker.Complete(bytes is null && owner is null ? default : new ReadOnlySequence<byte>(bytes ?? owner!.Bytes, from, length), has, head, tail);
        else
            taker.Fail(final, wasNotRun, head, tail);
        owner?.Release();
        if (bytes is not null)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Recycle()
    {
        block = null;
        assembled = null;
        reply = null;
        if (!CanBeReused || output is not null)
            return;
        Id = 0;
        start = size = 0;
        hasMessage = hasMore = false;
        status = Status.Ok;
        headers = trailers = Metadata.Empty;
        notRun = false;
        received = null;
        Lane.Free(this);
    }

    private void Assemble(ReadOnlySpan<byte> piece)
    {
        if (size + piece.Length > Lane.MaxMessageSize)
        {
            tooLarge = true;
            return;
        }

        if (assembled is null || assembled.Length < size + piece.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size + piece.Length, Math.Min(Lane.MaxMessageSize, 2 * size)));
            assembled?.AsSpan(0, size).CopyTo(larger);
            if (assembled is not null)
                ArrayPool<byte>.Shared.Return(assembled);
            assembled = larger;
        }

        piece.CopyTo(assembled.AsSpan(size));
        size += piece.Length;
    }

    /// <summary>Ends the call because of what the peer sends.</summary>
    private void Abandon(Status reason, ref WorkBatch batch)
    {
        if (Lane.RemoveOwn(Id) is null)
        {
            // The frame was the last of the call, which has left the table with it: OnEnd follows.
            status = reason;
            return;
        }

        Lane.SendReset(Id, reason);
        OnFinish(reason, Metadata.Empty, wasNotRun: false, ref batch);
    }

    private void GiveUp(StatusCode code, string text)
    {
        var reason = new Status(code, string.Format(null, text, method));
        ulong id;
        lock (Lane.Output.Gate)
        {
            GivenUp = reason;
            id = Id;
        }

        if (Lane.Connection.RemoveWaiting(this))
        {
            Refuse(reason);
            return;
        }

        if (id == 0 || Lane.RemoveOwn(id) is null)
            return;
        Lane.SendReset(id, reason);
        status = reason;
        Lane.Output.Dispatcher.AddAndRequest(this);
    }
}
