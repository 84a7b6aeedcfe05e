using System.Threading.Channels;

namespace Hawser.Cli.Bench;

/// <summary>A caller that calls when the pacer says so, and measures from the moment that the call was due.</summary>
/// <remarks>
/// A node that stalls for a second makes every call of that second late, also those that no caller was free to start: leaving them out would be
/// coordinated omission.
/// </remarks>
/// <typeparam name="TWorkload">What it calls.</typeparam>
/// <typeparam name="TReply">What a call gives.</typeparam>
internal sealed class Paced<TWorkload, TReply>(HawserChannel channel, TWorkload workload, ChannelReader<long> due, TimeProvider clock)
    where TWorkload : struct, IWorkload<TReply>
{
    public Tally Tally { get; } = new();

    /// <summary>Calls until nothing more will be due.</summary>
    /// <param name="cancellationToken">Ends the bench, and the call that is going on.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await due.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (!cancellationToken.IsCancellationRequested && due.TryRead(out var start))
                await CallAsync(start, cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
                return;
        }
    }

    private async Task CallAsync(long start, CancellationToken cancellationToken)
    {
        try
        {
            workload.Count(await workload.CallAsync(channel, Tally).ConfigureAwait(false), Tally);
            Tally.Calls++;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Tally.CutOff(workload.MayBeCutOff, clock.GetTimestamp());
            return;
        }
        catch (RpcException exception)
        {
            Tally.Fail(exception);
        }

        Tally.LastEnd = clock.GetTimestamp();
        Tally.Latencies.Record(Tally.LastEnd - start);
    }
}
