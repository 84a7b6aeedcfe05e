namespace Hawser.Frames;

/// <summary>What one call may still be sent, as its receiver sees it: counts what arrives against the window, and pays back what was consumed.</summary>
internal sealed class CallCredit(FrameLane lane, ulong callId)
{
    private ulong id = callId;
    private readonly int window = lane.CallWindow;
    private long granted = lane.CallWindow;
    private long received;
    private int unreturned;
    private volatile bool closed;

    /// <summary>The call's number is known now.</summary>
    public void Begin(ulong number) => id = number;

    /// <summary>Counts what arrived. The lane's thread only.</summary>
    /// <exception cref="ProtocolViolationException">The peer sent more than it was granted.</exception>
    public void Receive(int cost)
    {
        if (!lane.IsShared)
            return;
        received += cost;
        if (received > Volatile.Read(ref granted))
            throw new ProtocolViolationException($"The peer sent more on call {id} than the window of {window} bytes allows (ConnectionLimits.CallWindow).");
    }

    /// <summary>Pays back what was consumed; the peer is told when it is worth a frame.</summary>
    public void Return(int cost)
    {
        if (!lane.IsShared)
        {
            lane.ResumeReading(cost);
            return;
        }

        lane.ReturnLaneCredit(cost);
        if (closed)
            return;
        var sum = Interlocked.Add(ref unreturned, cost);
        if (sum < window / 2 || Interlocked.CompareExchange(ref unreturned, 0, sum) != sum)
            return;
        Interlocked.Add(ref granted, sum);
        lane.SendCredit(id, sum);
    }

    /// <summary>Tells the peer that what stood before its question has been consumed.</summary>
    public void Acknowledge(ulong number) => lane.SendAcknowledged(id, number);

    /// <summary>The peer sends nothing more: it need not be told.</summary>
    public void Close() => closed = true;
}
