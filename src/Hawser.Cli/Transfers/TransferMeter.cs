namespace Hawser.Cli.Transfers;

/// <summary>Counts the bytes of a transfer, and knows its rate over the last seconds.</summary>
/// <remarks>One thread counts, another asks.</remarks>
internal sealed class TransferMeter(TimeProvider clock)
{
    private const int Window = 16;

    private readonly long started = clock.GetTimestamp();
    private readonly Queue<(long Timestamp, long Bytes)> samples = new();
    private long bytes;

    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>How many bytes there are in all; null while nobody knows.</summary>
    public long? Total { get; set; }

    public TimeSpan Elapsed => clock.GetElapsedTime(started);

    public void Add(long count) => Volatile.Write(ref bytes, bytes + count);

    /// <summary>Takes a sample and gives the bytes per second over the last samples, or since the start while there are few.</summary>
    public double SampleRate()
    {
        var now = clock.GetTimestamp();
        var current = Bytes;
        var (since, before) = samples.Count == 0 ? (started, 0L) : samples.Peek();
        samples.Enqueue((now, current));
        if (samples.Count > Window)
            samples.Dequeue();
        var seconds = clock.GetElapsedTime(since, now).TotalSeconds;
        return seconds > 0 ? (current - before) / seconds : 0;
    }
}
