namespace Hawser.NetworkPeer;

/// <summary>Calls, each with an id of its own, and what became of them.</summary>
internal sealed class CallLog
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly List<long> answered = [];
    private readonly List<long> notRun = [];
    private readonly List<string> surprises = [];
    private TimeSpan fastest = TimeSpan.MaxValue;
    private int mayHaveRun;
    private long lastId;

    public int Answered => Read(() => answered.Count);

    public int NotRun => Read(() => notRun.Count);

    public int MayHaveRun => Read(() => mayHaveRun);

    public TimeSpan Fastest => Read(() => fastest);

    public IReadOnlyList<string> Surprises => Read(() => surprises.ToArray());

    public Ledger ToLedger() => Read(() => new Ledger([.. answered], [.. notRun]));

    /// <summary>Makes one call after another. The last is let finish.</summary>
    public async Task CallUntilAsync(HawserChannel channel, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var id = Interlocked.Increment(ref lastId);
            var started = TimeProvider.System.GetTimestamp();
            try
            {
                await channel.CallAsync<long, int>("Test/Run", id, new CallOptions { Timeout = Timeout });
                Note(() => NoteAnswer(id, TimeProvider.System.GetElapsedTime(started)));
            }
            catch (RpcException exception)
            {
                Note(() => NoteFailure(id, exception));
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private void NoteAnswer(long id, TimeSpan time)
    {
        answered.Add(id);
        if (time < fastest)
            fastest = time;
    }

    private void NoteFailure(long id, RpcException exception)
    {
        if (exception.NotRun)
            notRun.Add(id);
        else
            mayHaveRun++;
        if (exception.Code is not (StatusCode.Unavailable or StatusCode.DeadlineExceeded))
            surprises.Add(exception.Message);
    }

    private void Note(Action change)
    {
        lock (gate)
            change();
    }

    private T Read<T>(Func<T> look)
    {
        lock (gate)
            return look();
    }
}
