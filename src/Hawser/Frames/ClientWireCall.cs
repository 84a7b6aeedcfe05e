using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;

namespace Hawser.Frames;

/// <summary>One call of this side that is more than one message each way.</summary>
internal sealed class ClientWireCall : WireCall
{
    private readonly Method method;
    private readonly Activity? activity;
    private readonly CallCredit received;
    private readonly InboundMessages? messages;
    private readonly InboundOctets? octets;
    private readonly TaskCompletionSource<Metadata> headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long startedAt;
    private CallOutput? output;
    private OutboundOctets? requestOctets;
    private CancellationTokenRegistration registration;
    private ITimer? timer;
    private bool requestEnded;
    private Status? status;

    public ClientWireCall(FrameLane lane, Method method, Activity? activity)
        : base(lane)
    {
        this.method = method;
        this.activity = activity;
        received = new CallCredit(lane, 0);
        if (method.Response != Body.Octets)
            messages = new InboundMessages(lane, received, throwsFailure: false);
        if (method.Response >= Body.Octets)
            octets = new InboundOctets(lane, received, () => Cancel(new Status(StatusCode.Cancelled, "The reader completed the response's octets before their end.")));
        startedAt = lane.Connection.Telemetry.CallStarting();
    }

    public override InboundMessages? Messages => messages;

    public override InboundOctets? Octets => octets;

    public override CallCredit? Received => received;

    public Method Method => method;

    public Status? Status => Volatile.Read(ref status);

    public Metadata Trailers { get; private set; } = Metadata.Empty;

    public bool NotRun { get; private set; }

    public ReadOnlySequence<byte> Message => messages?.Message ?? default;

    public Task<Metadata> Headers => headers.Task;

    public PipeReader ResponseOctets => octets ?? throw new InvalidOperationException($"The response of '{method}' has no octets.");

    public PipeWriter RequestOctets => method.Request >= Body.Octets
        ? requestOctets ??= new OutboundOctets(Output, EndOctetsAsync)
        : throw new InvalidOperationException($"The request of '{method}' has no octets.");

    private CallOutput Output => output!;

    /// <summary>The call's number is known: it may send. Under the gate.</summary>
    public void Started()
    {
        received.Begin(Id);
        output = new CallOutput(Lane, Id);
    }

    /// <summary>Watches the caller's token and deadline.</summary>
    public void Watch(in CallOptions options)
    {
        if (options.Timeout is { } timeout)
        {
            timer = Lane.Connection.TimeProvider.CreateTimer(
                static state => ((ClientWireCall)state!).DeadlinePassed(),
                this,
                FrameLimits.TimerDue(timeout),
                Timeout.InfiniteTimeSpan);
        }

        if (options.CancellationToken.CanBeCanceled)
            registration = options.CancellationToken.UnsafeRegister(static state => ((ClientWireCall)state!).Cancel(null), this);
        if (Status is not null)
            StopWatching();
    }

    public ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags)
    {
        if (requestEnded)
            throw new InvalidOperationException($"The request of '{method}' has been completed; nothing more can be written.");
        if (method.Request is Body.Empty or Body.Octets)
            throw new InvalidOperationException($"The request of '{method}' has no message; nothing can be written.");
        if (message.Length > Lane.Connection.Peer.MaxMessageSize)
        {
            Cancel(Lane.Connection.MessageTooLarge(method, message.Length));
            return new ValueTask<bool>(result: false);
        }

        return Output.WriteAsync(message, flags);
    }

    public async ValueTask CompleteAsync()
    {
        if (requestEnded)
            return;
        if (requestOctets is not null)
        {
            await requestOctets.CompleteAsync().ConfigureAwait(false);
            return;
        }

        requestEnded = true;
        if (await Output.FlushAsync().ConfigureAwait(false))
            Lane.SendEnd(Id);
    }

    public ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken)
    {
        if (method.Request < Body.Stream)
            throw AcknowledgedByReply.Of(method, "request");
        return requestOctets is null ? Output.AcknowledgeAsync(cancellationToken) : requestOctets.AcknowledgeAsync(cancellationToken);
    }

    public ValueTask<bool> ReadAsync() => messages is null
        ? throw new InvalidOperationException($"The response of '{method}' has octets and no messages.")
        : messages.ReadAsync();

    public void Cancel(Status? reason)
    {
        reason ??= new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method}'.");
        if (Status is not null || !Lane.TryGiveUp(this, Id, reason))
            return;
        var batch = Lane.Output.Dispatcher.RentBatch();
        Ended(reason, Metadata.Empty, notRun: false, batch);
        Lane.Output.Dispatcher.AddAndRequest(batch);
    }

    /// <summary>Gives everything back. No reader and no writer is at work any more.</summary>
    public void Dispose()
    {
        Cancel(null);
        messages?.Discard();
        octets?.Complete();
        output?.Release();
        requestOctets?.Release();
    }

    public override void OnMessage(in DataFrame frame, WorkBatch batch)
    {
        if (messages is null)
            throw new ProtocolViolationException($"The peer sent a message on call {Id}, which takes octets only.");
        Status? wrong = null;
        if (frame.HasMore || messages.HasPieces)
            wrong = messages.AddPiece(frame.Payload, frame.Cost, !frame.HasMore, batch);
        else if (frame.Payload.Length > Lane.MaxMessageSize)
            wrong = InboundMessages.TooLarge(Lane.MaxMessageSize);
        else
            messages.Add(frame.Block, frame.Start, frame.EndOffset, frame.Cost, batch);
        if (wrong is null)
            return;
        received.Return(frame.Cost);
        Lane.TryGiveUp(this, Id, wrong);
        Ended(wrong, Metadata.Empty, notRun: false, batch);
    }

    public override void OnHeaders(Metadata metadata) => headers.TrySetResult(metadata);

    public override void OnEnd(WorkBatch batch) => OnFinish(Hawser.Status.Ok, Metadata.Empty, notRun: false, batch);

    public override void OnFinish(Status final, Metadata trailers, bool notRun, WorkBatch batch)
    {
        if (final.IsOk && messages?.HasPieces == true)
            throw new ProtocolViolationException($"The peer finished call {Id} with half of a message missing.");
        Ended(final, trailers, notRun, batch);
    }

    public override void OnReset(Status reason, bool notRun, WorkBatch batch) => Ended(reason, Metadata.Empty, notRun, batch);

    public override void OnLost(Status reason, bool notRun, WorkBatch batch) => Ended(reason, Metadata.Empty, notRun, batch);

    public override bool OnCredit(ulong amount) => Output.Grant(amount);

    public override void OnAcknowledge(ulong number)
    {
        if (method.Response < Body.Stream)
            base.OnAcknowledge(number);
        else if (octets is not null)
            octets.Ask(number);
        else
            messages!.Ask(number);
    }

    public override void OnAcknowledged(ulong number) => Output.OnAcknowledged(number);

    public override void Run() => throw new InvalidOperationException("A streaming call is run by its readers and writers.");

    private ValueTask EndOctetsAsync(Exception? failure)
    {
        requestEnded = true;
        if (failure is not null)
            Cancel(new Status(StatusCode.Cancelled, $"The source of the request's octets failed: {failure.Message}"));
        else
            Lane.SendEnd(Id);
        return default;
    }

    private void DeadlinePassed() => Cancel(new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{method}' has passed."));

    private void Ended(Status final, Metadata trailers, bool notRun, WorkBatch batch)
    {
        if (Status is not null)
            return;
        Trailers = trailers;
        NotRun = notRun;
        Volatile.Write(ref status, final);
        Lane.Connection.Telemetry.ClientCallEnded(method, final, startedAt);
        Tracing.End(activity, Tracing.HawserSystem, final);
        headers.TrySetResult(Metadata.Empty);
        received.Close();
        messages?.End(final.IsOk ? null : final, batch);
        octets?.End(final, trailers, notRun, batch);
        output?.Close();
        output?.EndAcknowledgements(final);
        StopWatching();
        if (!Lane.IsShared)
            _ = Lane.Output.CompleteAsync();
    }

    private void StopWatching()
    {
        registration.Unregister();
        timer?.Dispose();
    }
}
