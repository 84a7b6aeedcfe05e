namespace Hawser.Frames;

/// <summary>What a call has sent, and whether the peer has consumed it.</summary>
internal sealed partial class CallOutput
{
    /// <summary>The bytes of all messages and octets that stand in the lane, or have left; under the gate.</summary>
    private long sent;

    /// <summary>Those of the write that is not done yet, or was done last: they count once the next begins.</summary>
    private long sending;

    private bool hasSent;
    private PendingAcknowledgements? acknowledgements;
    private Status? end;

    /// <summary>Waits until the peer has consumed all that was written. Not while a write is under way.</summary>
    /// <exception cref="RpcException">The peer cannot tell, or the call ended first.</exception>
    public async ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken)
    {
        if (lane.Connection.Peer.Acknowledgements == 0)
            throw new RpcException(StatusCode.Unimplemented, $"{lane.Connection.RemoteAddress} does not tell what it has consumed: its side of the Hawser wire is older than acknowledgements. Have it reply instead.");
        var time = lane.Connection.TimeProvider;
        var askedAt = time.GetTimestamp();
        await FlushAsync().ConfigureAwait(false);
        PendingAcknowledgements.Waiter waiter;
        long bytes;
        lock (lane.Output.Gate)
        {
            Settle();
            bytes = sent;
            if (closed)
                throw NotAcknowledged(bytes);
            if (!hasSent)
                return new Acknowledgement(0, TimeSpan.Zero);
            acknowledgements ??= new PendingAcknowledgements(lane, id);
            waiter = acknowledgements.Add();
            acknowledgements.Ask(sent);
        }

        lane.Output.FlushSoon(lane.IsQuiet);
        try
        {
            if (!await waiter.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false))
                throw NotAcknowledged(bytes);
        }
        catch (OperationCanceledException)
        {
            lock (lane.Output.Gate)
            {
                acknowledgements.Remove(waiter);
            }

            throw;
        }

        return new Acknowledgement(bytes, time.GetElapsedTime(askedAt));
    }

    /// <summary>The peer has answered a question. The lane's thread only.</summary>
    public void OnAcknowledged(ulong number)
    {
        bool asks;
        lock (lane.Output.Gate)
        {
            if (closed)
                return;
            if (acknowledgements is null)
                throw new ProtocolViolationException($"The peer acknowledged {number} bytes of call {id}, which it was not asked about.");
            acknowledgements.OnAnswer(number);
            asks = acknowledgements.Ask(sent);
        }

        if (asks)
            lane.Output.FlushSoon(lane.IsQuiet);
    }

    /// <summary>Whoever still waits for an acknowledgement learns how the call ended.</summary>
    public void EndAcknowledgements(Status status)
    {
        lock (lane.Output.Gate)
        {
            end ??= status;
            acknowledgements?.End();
        }
    }

    private void Settle()
    {
        sent += sending;
        sending = 0;
        hasSent |= sent > 0;
    }

    private RpcException NotAcknowledged(long bytes) => end is { IsOk: false } failed
        ? new RpcException(new Status(failed.Code, $"The {bytes} bytes that were written have not been acknowledged: {failed.Text}"))
        : new RpcException(StatusCode.FailedPrecondition, $"The {bytes} bytes that were written have not been acknowledged: the call ended before its reader had consumed them.");
}
