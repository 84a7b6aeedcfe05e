namespace Hawser.Frames;

/// <summary>One call as its lane sees it: an entry in the lane's table that takes the frames with its id. All but <see cref="WorkItem.Run"/> on the lane's thread.</summary>
internal abstract class WireCall(FrameLane lane) : WorkItem
{
    /// <summary>The call's number on its lane; odd when the connecting side started it, even otherwise.</summary>
    public ulong Id { get; set; }

    /// <summary>The next in the same slot of the table.</summary>
    public WireCall? NextInSlot { get; set; }

    public FrameLane Lane { get; } = lane;

    /// <summary>Where whole messages go, for a call that may get many; null for one that gets at most one.</summary>
    public virtual InboundMessages? Messages => null;

    /// <summary>A message, or a piece of one.</summary>
    /// <param name="frame">The frame; its bytes are valid during this call, and longer with a reference to its block.</param>
    /// <param name="batch">Takes what must run.</param>
    public abstract void OnMessage(in DataFrame frame, WorkBatch batch);

    /// <summary>Where octets go; null when the peer may not send any.</summary>
    public virtual InboundOctets? Octets => null;

    /// <summary>Counts what arrives and is paid back; null when the peer may send nothing that costs.</summary>
    public virtual CallCredit? Received => null;

    /// <summary>Whether the caller has said that it sends nothing more; of a call that the peer started.</summary>
    public virtual bool IsRequestEnded => true;

    public virtual void OnHeaders(Metadata headers)
    {
    }

    /// <summary>The peer sends nothing more. From the side that serves, it ended the call with OK.</summary>
    public abstract void OnEnd(WorkBatch batch);

    /// <summary>The side that serves ended the call.</summary>
    public virtual void OnFinish(Status status, Metadata trailers, bool notRun, WorkBatch batch) =>
        throw new ProtocolViolationException($"The peer finished call {Id}, which it started itself.");

    /// <summary>The peer gave the call up.</summary>
    public abstract void OnReset(Status status, bool notRun, WorkBatch batch);

    /// <summary>The peer takes more. Under the gate of the lane's output.</summary>
    /// <returns>Whether something was queued that must be flushed.</returns>
    public virtual bool OnCredit(ulong amount) => false;

    /// <summary>The peer asks to be told when all that it has sent so far on this call has been consumed.</summary>
    public virtual void OnAcknowledge(ulong number) =>
        throw new ProtocolViolationException($"The peer asks for acknowledgement on call {Id}, on which it sends neither a stream nor octets.");

    /// <summary>The peer has consumed what it was asked about.</summary>
    public virtual void OnAcknowledged(ulong number) =>
        throw new ProtocolViolationException($"The peer acknowledges on call {Id}, on which it was not asked to.");

    /// <summary>The lane is gone.</summary>
    public abstract void OnLost(Status status, bool notRun, WorkBatch batch);
}
