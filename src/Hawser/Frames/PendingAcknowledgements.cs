namespace Hawser.Frames;

/// <summary>Who waits, on the sending side of a call, for the peer to have consumed what was sent. All under the gate of the lane's output.</summary>
/// <remarks>Answers come in the order of the questions. While the peer holds as many questions as it takes, further waiters share the next one.</remarks>
internal sealed class PendingAcknowledgements(FrameLane lane, ulong id)
{
    private readonly List<Waiter> waiters = [];
    private readonly Queue<ulong> unanswered = new();
    private ulong asked;
    private ulong answered;

    private int MaxUnanswered => Math.Min(lane.Connection.Peer.Acknowledgements, FrameLimits.MaxAcknowledgements);

    /// <summary>Adds somebody who waits until all that has been sent so far is consumed.</summary>
    public Waiter Add()
    {
        var waiter = new Waiter();
        waiters.Add(waiter);
        return waiter;
    }

    public void Remove(Waiter waiter) => waiters.Remove(waiter);

    /// <summary>Asks for those for whom the peer was not asked yet, if it holds one more question.</summary>
    /// <param name="sent">How many bytes of whole messages and octets stand before the question.</param>
    /// <returns>Whether a frame was added that must be flushed.</returns>
    public bool Ask(long sent)
    {
        if (unanswered.Count >= MaxUnanswered || waiters.Count == 0 || waiters[^1].Question != 0)
            return false;
        asked++;
        for (var i = waiters.Count - 1; i >= 0 && waiters[i].Question == 0; i--)
            waiters[i].Question = asked;
        unanswered.Enqueue((ulong)sent);
        lane.AppendAck(id, (ulong)sent, FrameFlags.None);
        return true;
    }

    /// <summary>The oldest question has been answered.</summary>
    /// <exception cref="ProtocolViolationException">It is no answer to it.</exception>
    public void OnAnswer(ulong number)
    {
        if (!unanswered.TryDequeue(out var expected) || expected != number)
            throw new ProtocolViolationException($"The peer acknowledged {number} bytes of call {id}, which it was not asked about.");
        answered++;
        Complete(waiters.FindIndex(waiter => waiter.Question == 0 || waiter.Question > answered) is >= 0 and var left ? left : waiters.Count, isAcknowledged: true);
    }

    /// <summary>There will be no more answers.</summary>
    public void End() => Complete(waiters.Count, isAcknowledged: false);

    private void Complete(int count, bool isAcknowledged)
    {
        for (var i = 0; i < count; i++)
            waiters[i].Answer.TrySetResult(isAcknowledged);
        waiters.RemoveRange(0, count);
    }

    /// <summary>Somebody who waits.</summary>
    internal sealed class Waiter
    {
        /// <summary>Whether it was acknowledged, or the call ended first.</summary>
        public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The number of the question whose answer is awaited; 0 while none was asked.</summary>
        public ulong Question { get; set; }
    }
}
