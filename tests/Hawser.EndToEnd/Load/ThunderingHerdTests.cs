using Hawser.Testing;

namespace Hawser.EndToEnd.Load;

/// <summary>A thousand clients meet a server that comes back, on virtual time: the same on every machine.</summary>
[Collection(LoadTests.Name)]
public sealed class ThunderingHerdTests
{
    private const int Clients = 1_000;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tenth = TimeSpan.FromMilliseconds(100);

    // Full jitter has each of them try every 2.5 s in the mean once the backoff has reached 5 s: 40 attempts per tenth of a second, with a standard deviation of about 6.
    private const int MostPerTenth = 80;

    [Fact(Timeout = 300_000)]
    public async Task A_thousand_clients_come_back_within_the_longest_backoff_and_never_all_at_once()
    {
        var clock = new ManualTimeProvider();
        await using var network = new SimulatedNetwork(seed: 1, clock);
        await using var server = await InMemoryServer.StartAsync(static server => server.Map("Test/Echo", (int number) => number));
        var channels = Enumerable.Range(0, Clients).Select(index => Connect(server.Address, index, network, clock)).ToArray();
        await Task.WhenAll(channels.Select(static channel => channel.OpenAsync().AsTask()));

        // The server dies, and with it every link; nobody listens for a while.
        network.RefusesLinks = true;
        network.Cut();
        var attempts = await CountAttemptsAsync(channels, network, clock, until: () => clock.GetUtcNow() - clock.Start >= Outage);
        Assert.All(channels, static channel => Assert.Equal(ChannelState.BackingOff, channel.State));

        network.RefusesLinks = false;
        var back = clock.GetUtcNow();
        var returns = await CountAttemptsAsync(channels, network, clock, until: () => channels.All(static channel => channel.State == ChannelState.Ready));

        Assert.InRange(clock.GetUtcNow() - back, TimeSpan.Zero, new ReconnectOptions().MaxBackoff);
        Assert.Equal(Clients, returns.Sum());
        Assert.InRange(returns.Max(), 1, MostPerTenth);

        // The first seconds of an outage are busier: that is what backing off is for.
        Assert.InRange(attempts.Skip(100).Max(), 1, MostPerTenth);
        await Task.WhenAll(channels.Select(static channel => channel.DisposeAsync().AsTask()));
    }

    private static HawserChannel Connect(string address, int index, SimulatedNetwork network, ManualTimeProvider clock) => HawserChannel.Connect(address, new HawserChannelOptions
    {
        Transports = network.Transports,
        TimeProvider = clock,
        Limits = new ConnectionLimits { KeepAliveInterval = null },
        Reconnect = new ReconnectOptions { Seed = index, WatchesNetwork = false },
    });

    /// <summary>Lets time pass from timer to timer, and everything that a timer sets going come to rest before the next.</summary>
    /// <returns>How many links were tried in each tenth of a second.</returns>
    private static async Task<List<int>> CountAttemptsAsync(HawserChannel[] channels, SimulatedNetwork network, ManualTimeProvider clock, Func<bool> until)
    {
        var counts = new List<int>();
        for (var end = clock.GetUtcNow() + Tenth; ; end += Tenth)
        {
            var before = network.LinksTried;
            await RestAsync(channels, network);
            while (!until() && clock.UntilNextTimer is { } time && clock.GetUtcNow() + time <= end)
            {
                clock.Advance(time);
                await RestAsync(channels, network);
            }

            if (!until())
                clock.Advance(end - clock.GetUtcNow());
            counts.Add(network.LinksTried - before);
            if (until())
                return counts;
        }
    }

    /// <summary>Waits until every channel is back, or waits for its next attempt.</summary>
    private static async Task RestAsync(HawserChannel[] channels, SimulatedNetwork network)
    {
        await EventuallyAsync(() => channels.All(channel => channel.State == ChannelState.BackingOff || (channel.State == ChannelState.Ready && !network.RefusesLinks)));
    }
}
