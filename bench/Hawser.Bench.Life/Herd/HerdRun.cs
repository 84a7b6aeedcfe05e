namespace Hawser.Bench.Life.Herd;

/// <summary>One meeting of clients with a server that comes back.</summary>
/// <param name="Outage">How long nobody listened.</param>
/// <param name="Attempts">How many attempts to connect were begun in each 100 ms from the server's death on.</param>
/// <param name="Returns">How many connections were ready in each.</param>
/// <param name="AllBackAfter">How long after the server's return the last client was back.</param>
internal sealed record HerdRun(TimeSpan Outage, IReadOnlyList<int> Attempts, IReadOnlyList<int> Returns, TimeSpan AllBackAfter)
{
    private const int Tenths = 36_000;

    // The first attempts after the loss come close together in any case: that is what backing off is for.
    private const int Settling = 50;

    public int MostAttempts => Attempts.Skip(Settling).Max();

    public int MostReturnsPerSecond => Enumerable.Range(0, Math.Max(1, Returns.Count - 10)).Max(from => Returns.Skip(from).Take(10).Sum());

    public static async Task<HerdRun> MeasureAsync(int clients, TimeSpan outage, int acceptRate, Func<ReconnectContext, TimeSpan>? backoff)
    {
        var (attempts, returns) = (new int[Tenths], new int[Tenths]);
        var server = Serve(acceptRate);
        var address = (await server.ListenAsync("tcp://127.0.0.1:0")).ToString();
        var options = new HawserChannelOptions { Reconnect = new ReconnectOptions { Backoff = backoff, WatchesNetwork = false } };
        var channels = Enumerable.Range(0, clients).Select(_ => HawserChannel.Connect(address, options)).ToArray();
        await Task.WhenAll(channels.Select(static channel => channel.OpenAsync().AsTask()));

        var died = TimeProvider.System.GetTimestamp();
        var left = clients;
        var allBack = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var channel in channels)
        {
            var isLost = false;
            channel.StateChanged += (_, change) =>
            {
                // Told in order: what comes before the loss is news from before the server's death.
                isLost |= change.Current == ChannelState.BackingOff;
                if (!isLost)
                    return;
                var tenth = Math.Min(Tenths - 1, (int)(TimeProvider.System.GetElapsedTime(died).TotalSeconds * 10));
                if (change.Current == ChannelState.Connecting)
                    Interlocked.Increment(ref attempts[tenth]);
                if (change.Current != ChannelState.Ready)
                    return;
                Interlocked.Increment(ref returns[tenth]);
                if (Interlocked.Decrement(ref left) == 0)
                    allBack.SetResult();
            };
        }

        await server.DisposeAsync();
        await Task.Delay(outage, TimeProvider.System);
        await using var next = Serve(acceptRate);
        await next.ListenAsync(address);
        var returned = TimeProvider.System.GetTimestamp();
        await allBack.Task;
        var after = TimeProvider.System.GetElapsedTime(returned);
        var length = (int)(TimeProvider.System.GetElapsedTime(died).TotalSeconds * 10) + 5;
        await Task.WhenAll(channels.Select(static channel => channel.DisposeAsync().AsTask()));
        return new HerdRun(outage, attempts[..length], returns[..length], after);
    }

    private static HawserServer Serve(int acceptRate)
    {
        var server = new HawserServer(new HawserServerOptions { MaxAcceptRate = acceptRate, AcceptBurst = Math.Max(1, acceptRate / 10) });
        server.Map("Herd/Echo", static (int number) => number);
        return server;
    }
}
