using System.Threading.Channels;

namespace Hawser.Cli.Bench;

/// <summary>Runs a bench: warm-up, connecting, load.</summary>
/// <param name="plan">What to do.</param>
/// <param name="connect">Opens one connection.</param>
/// <param name="createWorkload">Makes what is called; its token ends calls that are going on.</param>
/// <param name="clock">Measures.</param>
internal sealed class BenchRunner<TWorkload, TReply>(
    BenchPlan plan, Func<CancellationToken, Task<HawserChannel>> connect, Func<CancellationToken, TWorkload> createWorkload, TimeProvider clock)
    where TWorkload : struct, IWorkload<TReply>
{
    private const int MaxWarmupConnections = 4;
    private const int MaxWarmupBurst = 1000;
    private const int ConnectionsOpenedAtOnce = 64;

    /// <summary>How long answers are waited for after the end of the time, of calls that are not simply cut off.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public async Task<BenchResult> RunAsync(CancellationToken cancellationToken)
    {
        if (plan.Warmup > TimeSpan.Zero)
            await WarmUpAsync(cancellationToken);
        var connectingFrom = clock.GetTimestamp();
        var channels = await ConnectAsync(plan.Connections, cancellationToken);
        var connecting = clock.GetElapsedTime(connectingFrom);
        try
        {
            var (total, started) = await LoadAsync(channels, plan, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return new BenchResult(total, clock.GetElapsedTime(started, Math.Max(started, total.LastEnd)), connecting, clock.TimestampFrequency);
        }
        finally
        {
            await CloseAsync(channels);
        }
    }

    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var connections = Math.Min(plan.Connections, MaxWarmupConnections);
        var channels = await ConnectAsync(connections, cancellationToken);
        try
        {
            var from = clock.GetTimestamp();
            var rehearsal = plan with
            {
                Connections = connections,
                Callers = Math.Max(connections, (int)((long)plan.Callers * connections / plan.Connections)),
                CallsPerConnection = plan.AllInFlight ? Math.Min(plan.CallsPerConnection ?? MaxWarmupBurst, MaxWarmupBurst) : null,
                Duration = plan.Warmup,
                Rate = null,
            };
            Tally total;
            do
            {
                (total, _) = await LoadAsync(channels, rehearsal, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
            }
            while (total.Calls > 0 && clock.GetElapsedTime(from) < plan.Warmup);
        }
        finally
        {
            await CloseAsync(channels);
        }
    }

    private async Task<(Tally Total, long Started)> LoadAsync(HawserChannel[] channels, BenchPlan load, CancellationToken cancellationToken)
    {
        using var closing = cancellationToken.UnsafeRegister(static state => _ = CloseAsync((HawserChannel[])state!), channels);
        if (load.AllInFlight)
            return await BurstAsync(channels, load, cancellationToken);
        return await (load.Rate is { } rate ? PacedAsync(channels, load, rate, cancellationToken) : ClosedLoopAsync(channels, load, cancellationToken));
    }

    private async Task<(Tally Total, long Started)> BurstAsync(HawserChannel[] channels, BenchPlan load, CancellationToken cancellationToken)
    {
        var workload = createWorkload(cancellationToken);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bursts = Array.ConvertAll(channels, channel => new Burst<TWorkload, TReply>(channel, workload, load.CallsPerConnection ?? 1, clock));
        var running = Array.ConvertAll(bursts, burst => AfterAsync(gate.Task, () => burst.RunAsync(cancellationToken)));
        var started = clock.GetTimestamp();
        gate.SetResult();
        await Task.WhenAll(running);
        return (Sum(bursts.Select(burst => burst.Tally)), started);
    }

    private async Task<(Tally Total, long Started)> ClosedLoopAsync(HawserChannel[] channels, BenchPlan load, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workload = createWorkload(stop.Token);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var endsAt = long.MaxValue;
        var loops = new List<ClosedLoop<TWorkload, TReply>>();
        var running = new List<Task>();
        for (var connection = 0; connection < channels.Length; connection++)
        {
            var callers = load.CallersOf(connection);
            for (var caller = 0; caller < callers; caller++)
            {
                var loop = new ClosedLoop<TWorkload, TReply>(channels[connection], workload, clock);
                var calls = load.CallsPerConnection is { } all ? (all / callers) + (caller < all % callers ? 1 : 0) : long.MaxValue;
                loops.Add(loop);
                running.Add(AfterAsync(gate.Task, () => loop.RunAsync(calls, endsAt, stop.Token)));
            }
        }

        var started = clock.GetTimestamp();
        if (load.CallsPerConnection is null)
            endsAt = EndOf(load, started);
        gate.SetResult();
        await WaitAsync(running, load, workload, channels, stop);
        return (Sum(loops.Select(loop => loop.Tally)), started);
    }

    private async Task<(Tally Total, long Started)> PacedAsync(HawserChannel[] channels, BenchPlan load, int rate, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workload = createWorkload(stop.Token);
        var due = Array.ConvertAll(channels, _ => Channel.CreateUnbounded<long>(new UnboundedChannelOptions { SingleWriter = true }));
        var callers = new List<Paced<TWorkload, TReply>>();
        for (var connection = 0; connection < channels.Length; connection++)
        {
            for (var caller = 0; caller < load.CallersOf(connection); caller++)
                callers.Add(new Paced<TWorkload, TReply>(channels[connection], workload, due[connection].Reader, clock));
        }

        var running = callers.ConvertAll(caller => Task.Run(() => caller.RunAsync(stop.Token), CancellationToken.None));
        var calls = load.CallsPerConnection is { } each ? (long)each * channels.Length : long.MaxValue;
        var started = clock.GetTimestamp();
        var endsAt = load.CallsPerConnection is null ? EndOf(load, started) : long.MaxValue;
        var pacer = new Pacer(rate, Array.ConvertAll(due, channel => channel.Writer), clock);
        running.Add(pacer.RunAsync(started, calls, endsAt, stop.Token));
        await WaitAsync(running, load, workload, channels, stop);
        return (Sum(callers.Select(caller => caller.Tally)), started);
    }

    /// <summary>Waits for all callers; once the time is over, only a while for those whose calls must have an answer.</summary>
    private async Task WaitAsync(List<Task> running, BenchPlan load, TWorkload workload, HawserChannel[] channels, CancellationTokenSource stop)
    {
        var all = Task.WhenAll(running);
        if (load.CallsPerConnection is null)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var time = load.Duration + (workload.MayBeCutOff ? TimeSpan.Zero : Grace);
            if (await Task.WhenAny(all, Task.Delay(time, clock, ended.Token)) == all)
                await ended.CancelAsync();
            else
                await stop.CancelAsync();
            if (!workload.MayBeCutOff && stop.IsCancellationRequested)
                await CloseAsync(channels);
        }

        await all;
    }

    private long EndOf(BenchPlan load, long started) => started + (long)(load.Duration.TotalSeconds * clock.TimestampFrequency);

    private static Task AfterAsync(Task gate, Func<Task> run) => Task.Run(async () =>
    {
        await gate.ConfigureAwait(false);
        await run().ConfigureAwait(false);
    });

    private async Task<HawserChannel[]> ConnectAsync(int count, CancellationToken cancellationToken)
    {
        var channels = new HawserChannel[count];
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = ConnectionsOpenedAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, count, options, async (index, token) => channels[index] = await connect(token));
            return channels;
        }
        catch
        {
            await CloseAsync(channels);
            throw;
        }
    }

    private static Task CloseAsync(HawserChannel?[] channels) =>
        Task.WhenAll(channels.Select(channel => channel?.DisposeAsync().AsTask() ?? Task.CompletedTask));

    private static Tally Sum(IEnumerable<Tally> tallies)
    {
        var total = new Tally();
        foreach (var tally in tallies)
            total.Add(tally);
        return total;
    }
}
