using System.Threading.Channels;

namespace Hawser.Cli.Bench;

/// <summary>Says at a constant rate that a call is due, whatever became of the ones before.</summary>
/// <param name="rate">Calls per second.</param>
/// <param name="due">One for each connection, served in turn; the pacer completes them.</param>
/// <param name="clock">When.</param>
internal sealed class Pacer(int rate, IReadOnlyList<ChannelWriter<long>> due, TimeProvider clock)
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(50);

    /// <summary>When call number <paramref name="index"/> is due, in ticks of the clock.</summary>
    public long DueAt(long start, long index) => start + (long)((Int128)index * clock.TimestampFrequency / rate);

    /// <summary>Paces until either bound is reached, on a thread of its own: one of the pool would wait for the calls that it has started.</summary>
    /// <param name="start">When the first call is due, in ticks of the clock.</param>
    /// <param name="calls">How many calls at most.</param>
    /// <param name="endsAt">When no further call is due, in ticks of the clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(long start, long calls, long endsAt, CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => Run(start, calls, endsAt, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(long start, long calls, long endsAt, CancellationToken cancellationToken)
    {
        for (long index = 0; index < calls && !cancellationToken.IsCancellationRequested; index++)
        {
            var at = DueAt(start, index);
            if (at >= endsAt)
                break;
            Wait(at, cancellationToken);
            due[(int)(index % due.Count)].TryWrite(at);
        }

        foreach (var writer in due)
            writer.Complete();
    }

    private void Wait(long at, CancellationToken cancellationToken)
    {
        for (var now = clock.GetTimestamp(); now < at && !cancellationToken.IsCancellationRequested; now = clock.GetTimestamp())
        {
            var left = clock.GetElapsedTime(now, at);
            PreciseSleep.For(left < LongestSleep ? left : LongestSleep);
        }
    }
}
