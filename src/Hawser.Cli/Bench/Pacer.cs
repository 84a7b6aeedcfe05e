using System.Threading.Channels;

namespace Hawser.Cli.Bench;

/// <summary>Says at a constant rate that a call is due, whatever became of the ones before.</summary>
/// <param name="rate">Calls per second.</param>
/// <param name="due">One for each connection, served in turn; the pacer completes them.</param>
/// <param name="clock">When.</param>
internal sealed class Pacer(int rate, IReadOnlyList<ChannelWriter<long>> due, TimeProvider clock)
{
    // Timers are exact to a millisecond or so; what is left after one is spent yielding, so that calls start when they are due.
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(2);

    /// <summary>When call number <paramref name="index"/> is due, in ticks of the clock.</summary>
    public long DueAt(long start, long index) => start + (long)((Int128)index * clock.TimestampFrequency / rate);

    /// <summary>Paces until either bound is reached.</summary>
    /// <param name="start">When the first call is due, in ticks of the clock.</param>
    /// <param name="calls">How many calls at most.</param>
    /// <param name="endsAt">When no further call is due, in ticks of the clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(long start, long calls, long endsAt, CancellationToken cancellationToken)
    {
        try
        {
            for (long index = 0; index < calls; index++)
            {
                var at = DueAt(start, index);
                if (at >= endsAt)
                    break;
                await WaitAsync(at, cancellationToken).ConfigureAwait(false);
                due[(int)(index % due.Count)].TryWrite(at);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The callers learn it from the same token.
        }
        finally
        {
            foreach (var writer in due)
                writer.Complete();
        }
    }

    private async ValueTask WaitAsync(long at, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = clock.GetTimestamp();
            if (now >= at)
                return;
            var left = clock.GetElapsedTime(now, at);
            if (left > TimerResolution)
                await Task.Delay(left - TimerResolution, clock, cancellationToken).ConfigureAwait(false);
            else
                await Task.Yield();
        }
    }
}
