namespace Hawser.Cli.Bench;

/// <summary>A caller that calls again as soon as it has its answer.</summary>
/// <typeparam name="TWorkload">What it calls.</typeparam>
/// <typeparam name="TReply">What a call gives.</typeparam>
internal sealed class ClosedLoop<TWorkload, TReply>(HawserChannel channel, TWorkload workload, TimeProvider clock)
    where TWorkload : struct, IWorkload<TReply>
{
    private readonly ReconnectPause pause = new(clock);

    public Tally Tally { get; } = new();

    /// <summary>Calls until either bound is reached, or, where time sets none, the server has been away for too long.</summary>
    /// <param name="calls">How many calls at most.</param>
    /// <param name="endsAt">When no further call is started, in ticks of the clock.</param>
    /// <param name="cancellationToken">Ends the loop, and the call that is going on.</param>
    public async Task RunAsync(long calls, long endsAt, CancellationToken cancellationToken)
    {
        // The end of one call is the start of the next: one look at the clock per call.
        var start = clock.GetTimestamp();
        for (; calls > 0 && start < endsAt && !cancellationToken.IsCancellationRequested; calls--)
        {
            try
            {
                workload.Count(await workload.CallAsync(channel, Tally).ConfigureAwait(false), Tally);
                Tally.Calls++;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Tally.CutOff(workload.MayBeCutOff, clock.GetTimestamp());
                break;
            }
            catch (RpcException exception)
            {
                Tally.Fail(exception);
                if (exception is { Code: StatusCode.Unavailable, NotRun: true })
                {
                    // Nothing was sent: how long that took is no latency.
                    await pause.WaitAsync(endsAt, cancellationToken).ConfigureAwait(false);
                    start = Tally.LastEnd = clock.GetTimestamp();
                    if (!pause.IsHopeless || endsAt != long.MaxValue)
                        continue;
                    Tally.NotMade = calls - 1;
                    break;
                }
            }

            pause.Reset();
            var end = clock.GetTimestamp();
            Tally.Latencies.Record(end - start);
            Tally.LastEnd = end;
            start = end;
        }
    }
}
