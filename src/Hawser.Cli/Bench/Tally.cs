namespace Hawser.Cli.Bench;

/// <summary>What one caller has done. One thread writes at a time; it is read once all calls have ended.</summary>
internal sealed class Tally
{
    public long Calls { get; set; }

    public long Errors { get; set; }

    /// <summary>Calls that were given up before they were made, as the server was away.</summary>
    public long NotMade { get; set; }

    /// <summary>The first status that was not OK, as an example of all.</summary>
    public Status? FirstError { get; set; }

    public long MessagesSent { get; set; }

    public long MessagesReceived { get; set; }

    public long BytesSent { get; set; }

    public long BytesReceived { get; set; }

    /// <summary>When the last call ended, in ticks of the clock.</summary>
    public long LastEnd { get; set; }

    /// <summary>Latencies in ticks of the clock.</summary>
    public LatencyHistogram Latencies { get; } = new();

    public void Fail(RpcException exception)
    {
        Errors++;
        FirstError ??= exception.Status;
    }

    /// <summary>The time is over and a call is still going on.</summary>
    public void CutOff(bool mayBeCutOff, long now)
    {
        LastEnd = now;
        if (mayBeCutOff)
            return;
        Errors++;
        FirstError ??= new Status(StatusCode.DeadlineExceeded, "A call was still waiting for its answer some time after the end of the bench.");
    }

    public void Add(Tally other)
    {
        Calls += other.Calls;
        Errors += other.Errors;
        NotMade += other.NotMade;
        FirstError ??= other.FirstError;
        MessagesSent += other.MessagesSent;
        MessagesReceived += other.MessagesReceived;
        BytesSent += other.BytesSent;
        BytesReceived += other.BytesReceived;
        LastEnd = Math.Max(LastEnd, other.LastEnd);
        Latencies.Add(other.Latencies);
    }
}
