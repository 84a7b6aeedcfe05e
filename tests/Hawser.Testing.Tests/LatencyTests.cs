namespace Hawser.Testing.Tests;

public sealed class LatencyTests : NetworkTest
{
    [Fact(Timeout = Hang)]
    public async Task Forty_milliseconds_each_way_make_a_ping_take_exactly_eighty()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { Latency = Milliseconds(40) };
        var there = link.ServerLane.ReadAsync(new byte[8]).AsTask();
        var back = link.ClientLane.ReadAsync(new byte[8]).AsTask();

        await link.ClientLane.WriteAsync(new byte[8]);
        Clock.Advance(Milliseconds(40) - TimeSpan.FromTicks(1));
        Assert.False(there.IsCompleted);
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(8, await there);

        await link.ServerLane.WriteAsync(new byte[8]);
        await EventuallyAsync(() => link.Simulated.BytesInFlight(LinkDirection.ToClient) == 8);
        Clock.Advance(Milliseconds(40) - TimeSpan.FromTicks(1));
        Assert.False(back.IsCompleted);
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(8, await back);
        Assert.Equal(Milliseconds(80), Elapsed);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_takes_one_round_trip()
    {
        await using var server = await InMemoryServer.StartAsync(
            static server => server.Map("Test/Echo", (string text) => text),
            channelOptions: new HawserChannelOptions { Transports = Network.Transports });
        await server.Channel.OpenAsync();
        Network.Weather = new Weather { Latency = Milliseconds(40) };
        var link = Network.Links.Single();

        var call = server.Channel.CallAsync<string, string>("Test/Echo", "hello").AsTask();
        await EventuallyAsync(() => link.BytesInFlight(LinkDirection.ToServer) > 0);
        Clock.Advance(Milliseconds(40));
        await EventuallyAsync(() => link.BytesInFlight(LinkDirection.ToClient) > 0);
        Assert.False(call.IsCompleted);
        Clock.Advance(Milliseconds(40));

        Assert.Equal("hello", await call);
        Assert.Equal(Milliseconds(80), Elapsed);
    }

    [Fact(Timeout = Hang)]
    public async Task Making_a_link_takes_one_round_trip()
    {
        Network.Weather = new Weather { Latency = Milliseconds(40) };

        var linking = LinkAsync();
        Clock.Advance(Milliseconds(40));
        await EventuallyAsync(() => Clock.UntilNextTimer == Milliseconds(40));
        Assert.False(linking.IsCompleted);
        Clock.Advance(Milliseconds(40));

        await linking;
    }

    [Fact(Timeout = Hang)]
    public async Task Each_direction_may_have_its_own()
    {
        var link = await LinkAsync();
        Network.SetWeather(LinkDirection.ToClient, new Weather { Latency = Milliseconds(10) });

        await link.ClientLane.WriteAsync(new byte[1]);
        Assert.Equal(1, await link.ServerLane.ReadAsync(new byte[1]));
        Assert.Equal(TimeSpan.Zero, Elapsed);

        var reading = link.ClientLane.ReadAsync(new byte[1]).AsTask();
        await link.ServerLane.WriteAsync(new byte[1]);
        await EventuallyAsync(() => link.Simulated.BytesInFlight(LinkDirection.ToClient) == 1);
        Clock.Advance(Milliseconds(10));
        Assert.Equal(1, await reading);
    }

    [Fact(Timeout = Hang)]
    public async Task Jitter_changes_no_order_and_stays_within_its_bounds()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { Latency = Milliseconds(10), Jitter = Milliseconds(20) };
        var sent = Enumerable.Range(0, 200).Select(static number => (byte)number).ToArray();

        foreach (var one in sent)
            await link.ClientLane.WriteAsync(new[] { one });
        Clock.Advance(Milliseconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal(200, link.Simulated.BytesInFlight(LinkDirection.ToServer));
        Clock.Advance(Milliseconds(20) + TimeSpan.FromTicks(1));

        Assert.Equal(sent, await BareLink.ReadAsync(link.ServerLane, 200));
    }

    [Fact(Timeout = Hang)]
    public async Task What_is_on_its_way_already_arrives_as_it_would_have()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { Latency = Milliseconds(40) };
        await link.ClientLane.WriteAsync(new byte[] { 1 });

        Network.Weather = Weather.Calm;
        await link.ClientLane.WriteAsync(new byte[] { 2 });
        var reading = BareLink.ReadAsync(link.ServerLane, 2);
        Assert.False(reading.IsCompleted);
        Clock.Advance(Milliseconds(40));

        Assert.Equal([1, 2], await reading);
    }
}
