namespace Hawser.Cli.Bench;

/// <summary>A caller that starts all its calls at once, then takes the answers.</summary>
/// <remarks>
/// It makes no task and no object per call. Answers are taken in the order of the calls, which is the order they mostly come in, and the clock is looked
/// at once in <see cref="Stride"/> calls and after every wait: a latency is exact to that.
/// </remarks>
/// <typeparam name="TWorkload">What it calls.</typeparam>
/// <typeparam name="TReply">What a call gives.</typeparam>
internal sealed class Burst<TWorkload, TReply>(HawserChannel channel, TWorkload workload, int calls, TimeProvider clock)
    where TWorkload : struct, IWorkload<TReply>
{
    private const int Stride = 16;

    private readonly ValueTask<TReply>[] pending = new ValueTask<TReply>[calls];
    private readonly long[] starts = new long[(calls / Stride) + 1];

    public Tally Tally { get; } = new();

    /// <summary>Makes all calls once.</summary>
    /// <param name="cancellationToken">What the calls end with when the user stops the bench.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < pending.Length; i++)
        {
            if (i % Stride == 0)
                starts[i / Stride] = clock.GetTimestamp();
            pending[i] = workload.CallAsync(channel, Tally);
        }

        long now = 0;
        for (var i = 0; i < pending.Length; i++)
        {
            var waits = !pending[i].IsCompleted;
            try
            {
                workload.Count(await pending[i].ConfigureAwait(false), Tally);
                Tally.Calls++;
            }
            catch (RpcException exception)
            {
                Tally.Fail(exception);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Tally.CutOff(workload.MayBeCutOff, clock.GetTimestamp());
            }

            if (waits || i % Stride == 0)
                now = clock.GetTimestamp();
            Tally.Latencies.Record(now - starts[i / Stride]);
        }

        Tally.LastEnd = clock.GetTimestamp();
    }
}
