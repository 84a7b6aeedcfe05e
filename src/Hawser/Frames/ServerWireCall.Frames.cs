namespace Hawser.Frames;

/// <summary>What the peer sends on a call that it started, and what gives the call up. On the lane's thread, but for the deadline.</summary>
internal sealed partial class ServerWireCall : WireCall
{
    public override InboundMessages? Messages => messages;

    public override InboundOctets? Octets => octets;

    public override CallCredit? Received => received;

    public override void OnMessage(in DataFrame frame, WorkBatch batch)
    {
        if (messages is null)
            throw new ProtocolViolationException($"The peer sent a message on call {Id}, which takes none.");
        if (frame.HasMore || messages.HasPieces)
        {
            if (messages.AddPiece(frame.Payload, frame.Cost, !frame.HasMore, batch) is { } wrong)
            {
                received!.Return(frame.Cost);
                FinishNow(wrong);
                Interrupt(wrong, batch);
            }
        }
        else if (frame.Payload.Length > Lane.MaxMessageSize)
        {
            received!.Return(frame.Cost);
            var wrong = InboundMessages.TooLarge(Lane.MaxMessageSize);
            FinishNow(wrong);
            Interrupt(wrong, batch);
        }
        else
        {
            messages.Add(frame.Block, frame.Start, frame.EndOffset, frame.Cost, batch);
        }
    }

    public override bool IsRequestEnded => requestEnded;

    public override void OnEnd(WorkBatch batch)
    {
        if (messages?.HasPieces == true)
            throw new ProtocolViolationException($"The peer ended call {Id} with half of a message missing.");
        requestEnded = true;
        received?.Close();
        messages?.End(null, batch);
        octets?.End(null, null, notRun: false, batch);
    }

    public override void OnReset(Status status, bool notRun, WorkBatch batch)
    {
        MarkEnded();
        Interrupt(status, batch);
    }

    public override bool OnCredit(ulong amount)
    {
        if (output is not null)
            return output.Grant(amount);

        // The peer may widen the window before anything is written.
        MarkEscaped();
        earlyCredit = Math.Min(earlyCredit + amount, Varint.MaxValue);
        return false;
    }

    public override void OnAcknowledge(ulong number)
    {
        if (call.Route.Method.Request < Body.Stream || messages is null)
            base.OnAcknowledge(number);
        else if (octets is not null)
            octets.Ask(number);
        else
            messages.Ask(number);
    }

    public override void OnAcknowledged(ulong number)
    {
        if (output is null)
            base.OnAcknowledged(number);
        else
            output.OnAcknowledged(number);
    }

    /// <summary>The lane is gone, and whoever waits for an acknowledgement must know why.</summary>
    public void EndAcknowledgements(Status status) => output?.EndAcknowledgements(status);

    public override void OnLost(Status status, bool notRun, WorkBatch batch)
    {
        MarkEnded();

        // To the handler a lost caller is one that gave up; whoever waits for an acknowledgement must know that it may have come.
        if (!Lane.Connection.IsOpen)
            EndAcknowledgements(new Status(StatusCode.Unavailable, status.Text));

        // A notification that has arrived is handled although its sender has gone: nobody waits for an answer, and what was pushed before a close shall not be lost with it.
        if (call is { Route.Method.IsOneWay: true, IsEnd: true } && interruption is null)
        {
            // Said before it is looked whether the handler has begun, which it may be doing in this moment: only its token tells of the loss then.
            outlivesLoss = true;
            if (!hasBegun)
                return;
        }

        Interrupt(status, batch);
    }

    /// <summary>The call has left the lane's table. The lane's thread only.</summary>
    public void OnReaped()
    {
        if (!CanBeReused)
            return;
        call = default;
        ended = false;
        interruption = null;
        headersSent = false;
    }

    private void BeginStreams()
    {
        CanBeReused = false;
        received = new CallCredit(Lane, Id);
        var body = call.Route.Method.Request;
        messages = new InboundMessages(Lane, received, throwsFailure: true);
        if (body >= Body.Octets)
            octets = new InboundOctets(Lane, received, abandoned: null);
    }

    private void BeginDeadline()
    {
        CanBeReused = false;
        var timeout = FrameLimits.TimerDue(TimeSpan.FromMicroseconds(Math.Min(call.TimeoutMicroseconds, (ulong)FrameLimits.LongestTimeout.TotalMicroseconds)));
        var time = Lane.Connection.TimeProvider;
        deadline = time.GetUtcNow() + timeout;
        timer = time.CreateTimer(static state => ((ServerWireCall)state!).OnDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    private void OnDeadline()
    {
        var status = new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{call.Route.Method}' has passed.");
        FinishNow(status);
        var batch = Lane.Output.Dispatcher.RentBatch();
        Interrupt(status, batch);
        Lane.Output.Dispatcher.AddAndRequest(batch);
    }

    /// <summary>Ends the call over the handler's head.</summary>
    private void FinishNow(Status status)
    {
        Finish(status, Metadata.Empty, isHandlerRunning: true);
        output?.Close();
    }

    private void MarkEnded()
    {
        lock (Lane.Output.Gate)
        {
            if (ended)
                return;
            ended = true;
            Abandon();
            Lane.Connection.OnPeerCallEnded(call.Route.Method.IsOneWay);
        }

        output?.Close();
    }

    private void Interrupt(Status status, WorkBatch batch)
    {
        lock (cancelWork)
        {
            if (interruption is not null)
                return;
            interruption = status;
            CanBeReused = false;
            if (cancellation is not null)
                batch.Add(cancelWork);
        }

        received?.Close();
        messages?.End(status, batch);
        octets?.End(status, null, notRun: false, batch);
        output?.EndAcknowledgements(status);
    }

    /// <summary>The call ends before its handler, which goes on: the peer may start another, but not without end. Under the gate.</summary>
    private void Abandon()
    {
        isAbandoned = true;
        Lane.Connection.OnHandlerAbandoned();
    }
}
