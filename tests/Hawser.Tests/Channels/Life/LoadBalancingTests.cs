using System.Net;

namespace Hawser.Tests.Channels.Life;

public sealed class LoadBalancingTests : ChannelTest
{
    private readonly string[] addresses = [.. Enumerable.Range(0, 3).Select(static _ => $"inproc:{Guid.NewGuid():N}")];
    private readonly int[] served = new int[3];

    [Fact(Timeout = Hang)]
    public async Task Round_robin_gives_each_server_its_turn()
    {
        await ServeAllAsync();
        var channel = await OpenAllAsync(LoadBalancing.RoundRobin);

        for (var i = 0; i < 300; i++)
            await channel.CallAsync<Empty>("Test/Count");

        Assert.Equal([100, 100, 100], served);
    }

    [Fact(Timeout = Hang)]
    public async Task Least_loaded_avoids_the_servers_that_are_busy()
    {
        await ServeAllAsync();
        var channel = await OpenAllAsync(LoadBalancing.LeastLoaded);
        var busy = Enumerable.Range(0, 3).Select(_ => channel.CallAsync<Empty>("Test/Hang").AsTask()).ToList();
        busy.Add(channel.CallAsync<Empty>("Test/Hang").AsTask());
        await EventuallyAsync(() => channel.Servers.Sum(static server => server.CallsInFlight) == 4);
        Assert.Equal([1, 1, 2], channel.Servers.Select(static server => server.CallsInFlight).Order());
        var busiest = channel.Servers.ToList().FindIndex(static server => server.CallsInFlight == 2);

        for (var i = 0; i < 100; i++)
            await channel.CallAsync<Empty>("Test/Count");

        Assert.Equal(0, served[busiest]);
        Assert.Equal(100, served.Sum());
        await channel.DisposeAsync();
        foreach (var call in busy)
            await Assert.ThrowsAsync<RpcException>(() => call);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_is_lost_is_left_out_until_it_is_back()
    {
        var servers = await ServeAllAsync();
        var channel = await OpenAllAsync(LoadBalancing.RoundRobin);

        await servers[1].DisposeAsync();
        await EventuallyAsync(() => channel.Servers[1].State == ChannelState.BackingOff);
        for (var i = 0; i < 100; i++)
            await channel.CallAsync<Empty>("Test/Count");
        Assert.Equal((0, 100), (served[1], served.Sum()));
        Assert.NotNull(channel.Servers[1].Reason);
        Assert.Equal(ChannelState.Ready, channel.State);

        await ServeAsync(1);
        Clock.Advance(Delay);
        await EventuallyAsync(() => channel.Servers[1].State == ChannelState.Ready);
        for (var i = 0; i < 30; i++)
            await channel.CallAsync<Empty>("Test/Count");
        Assert.Equal(10, served[1]);
    }

    [Fact(Timeout = Hang)]
    public async Task With_no_server_left_calls_fail_with_every_reason_or_wait()
    {
        var channel = Connect(Balanced(LoadBalancing.RoundRobin), string.Join(',', addresses));
        var failure = await FailAsync(channel);
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.All(addresses, address => Assert.Contains(address, failure.Status.Text, StringComparison.Ordinal));
        await channel.WaitForStateAsync(ChannelState.BackingOff);

        var waiting = channel.CallAsync<Empty>("Test/Count", new CallOptions { WaitForReady = true }).AsTask();
        await ServeAsync(2);
        Clock.Advance(Delay);

        await waiting;
        Assert.Equal([0, 0, 1], served);
    }

    [Fact(Timeout = Hang)]
    public async Task The_servers_share_what_the_credentials_provider_gives()
    {
        var servers = await ServeAllAsync();
        var asked = 0;
        var atOnce = 0;
        var channel = Connect(
            Balanced(LoadBalancing.RoundRobin, async (context, _) =>
            {
                Assert.Equal(string.Join(',', addresses), context.Address);
                Assert.Equal(1, Interlocked.Increment(ref atOnce));
                var number = Interlocked.Increment(ref asked);
                await Task.Yield();
                Interlocked.Decrement(ref atOnce);
                return new Credentials(new Metadata().Add("who", $"{number}"), Clock.GetUtcNow() + TimeSpan.FromHours(1));
            }),
            string.Join(',', addresses));
        await channel.OpenAsync();
        await EventuallyAsync(() => channel.Servers.Count == 3 && channel.Servers.All(static server => server.State == ChannelState.Ready));
        var before = asked;

        // A server whose handshake is still under way would run out of time.
        await EventuallyAsync(() => Array.TrueForAll(servers, static server => server.Connections.Count == 1));
        Clock.Advance(TimeSpan.FromMinutes(59));
        await EventuallyAsync(() => Array.TrueForAll(servers, server => server.Connections.SingleOrDefault()?.PeerMetadata["who"] == $"{before + 1}"));

        Assert.Equal(before + 1, asked);
    }

    [Fact(Timeout = Hang)]
    public async Task A_name_stands_for_all_its_machines_and_for_others_when_one_is_lost()
    {
        var machines = new List<IPAddress> { IPAddress.Parse("127.0.0.1"), IPAddress.Parse("127.0.0.2") };
        var resolver = new Resolver(() => [.. machines]);
        await using var first = new HawserServer();
        await using var second = new HawserServer();
        await using var third = new HawserServer();
        var names = new[] { first, second, third }.Select((server, i) =>
        {
            server.Map("Test/Name", () => i);
            return i;
        }).ToArray();
        var port = (await first.ListenAsync("tcp://127.0.0.1:0")).Port;
        await second.ListenAsync($"tcp://127.0.0.2:{port}");
        await third.ListenAsync($"tcp://127.0.0.3:{port}");
        var channel = Connect(
            new HawserChannelOptions { TimeProvider = Clock, NameResolver = resolver, LoadBalancing = LoadBalancing.RoundRobin, Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false } },
            $"tcp://host.example:{port}");
        await channel.OpenAsync();
        await EventuallyAsync(() => channel.Servers.All(static server => server.State == ChannelState.Ready));
        Assert.Equal([0, 1], (await NamesAsync(channel)).Order());

        machines[1] = IPAddress.Parse("127.0.0.3");
        Clock.Advance(TimeSpan.FromSeconds(2));
        await second.DisposeAsync();
        await EventuallyAsync(() => channel.Servers.Count == 2 && channel.Servers.All(static server => server.State == ChannelState.Ready) && channel.Servers[1].Address.Contains("127.0.0.3", StringComparison.Ordinal));

        Assert.Equal([0, 2], (await NamesAsync(channel)).Order());
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_waits_outlasts_a_name_server_that_is_away()
    {
        var isAway = true;
        var resolver = new Resolver(() => isAway ? throw new IOException("the name server is away") : [IPAddress.Loopback]);
        await using var server = new HawserServer();
        server.Map("Test/Name", () => 7);
        var port = (await server.ListenAsync("tcp://127.0.0.1:0")).Port;
        var channel = Connect(
            new HawserChannelOptions { TimeProvider = Clock, NameResolver = resolver, LoadBalancing = LoadBalancing.RoundRobin, Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false } },
            $"tcp://host.example:{port}");
        var call = channel.CallAsync<int>("Test/Name", new CallOptions { WaitForReady = true }).AsTask();
        await EventuallyAsync(() => Clock.PendingTimers > 0);

        isAway = false;

        // No further than to the next question: keep-alive uses the same clock.
        await RepeatUntilAsync(() => Clock.Advance(TimeSpan.FromSeconds(1)), () => channel.Servers.Count > 0);

        Assert.Equal(7, await call);
    }

    private static async Task<HashSet<int>> NamesAsync(HawserChannel channel)
    {
        var names = new HashSet<int>();
        for (var i = 0; i < 10; i++)
            names.Add(await channel.CallAsync<int>("Test/Name"));
        return names;
    }

    private async Task<HawserServer[]> ServeAllAsync() => [await ServeAsync(0), await ServeAsync(1), await ServeAsync(2)];

    private async Task<HawserServer> ServeAsync(int number)
    {
        var server = await ServeAsync(addresses[number]);
        server.Map("Test/Count", () => { Interlocked.Increment(ref served[number]); });
        return server;
    }

    private HawserChannelOptions Balanced(LoadBalancing policy, CredentialsProvider? credentials = null) => new()
    {
        ConnectionCredentials = credentials,
        TimeProvider = Clock,
        Transports = Network.Transports,
        LoadBalancing = policy,
        Limits = new ConnectionLimits { KeepAliveInterval = null },
        Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false },
    };

    private async Task<HawserChannel> OpenAllAsync(LoadBalancing policy)
    {
        var channel = Connect(Balanced(policy), string.Join(',', addresses));
        await channel.OpenAsync();
        await EventuallyAsync(() => channel.Servers.Count == 3 && channel.Servers.All(static server => server.State == ChannelState.Ready));
        return channel;
    }

    private sealed class Resolver(Func<IPAddress[]> resolve) : INameResolver
    {
        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => new(resolve());
    }
}
