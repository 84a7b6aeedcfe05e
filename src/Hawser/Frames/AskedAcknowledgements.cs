namespace Hawser.Frames;

/// <summary>Where in one direction of a call the peer has asked for acknowledgement, and has not been answered yet. Guarded by its owner.</summary>
internal sealed class AskedAcknowledgements
{
    private Queue<Question>? questions;

    /// <summary>Takes a question.</summary>
    /// <param name="number">What the answer returns.</param>
    /// <param name="after">How many bytes must have been consumed first, where its owner counts them.</param>
    /// <exception cref="ProtocolViolationException">The peer asks without waiting for answers.</exception>
    public void Add(ulong number, long after = 0)
    {
        questions ??= new Queue<Question>();
        if (questions.Count == FrameLimits.MaxAcknowledgements)
            throw new ProtocolViolationException($"The peer asked for acknowledgement while {FrameLimits.MaxAcknowledgements} questions on the same call were unanswered.");
        questions.Enqueue(new Question(number, after));
    }

    /// <summary>Whether there is a question, and all that stood before it is within so many bytes.</summary>
    public bool IsNextWithin(long consumed) => questions is not null && questions.TryPeek(out var next) && next.After <= consumed;

    /// <summary>Takes the oldest question out, whose answer is due.</summary>
    public ulong Next() => questions!.Dequeue().Number;

    private readonly record struct Question(ulong Number, long After);
}
