using Hawser.Transports;

namespace Hawser.Testing.Tests;

public sealed class BlackoutTests : NetworkTest
{
    [Fact(Timeout = Hang)]
    public async Task What_is_sent_in_a_blackout_arrives_after_it()
    {
        var link = await LinkAsync();
        Network.Weather = Weather.Blackout;
        var reading = link.ServerLane.ReadAsync(new byte[10]).AsTask();
        await link.ClientLane.WriteAsync(new byte[10]);
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(reading.IsCompleted);

        Network.Weather = new Weather { Latency = Milliseconds(40) };
        Clock.Advance(Milliseconds(40) - TimeSpan.FromTicks(1));
        Assert.False(reading.IsCompleted);
        Clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(10, await reading);
    }

    [Fact(Timeout = Hang)]
    public async Task What_was_on_its_way_is_held_up_as_well()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { Latency = Milliseconds(40) };
        await link.ClientLane.WriteAsync(new byte[10]);

        Network.Weather = Weather.Blackout;
        var reading = link.ServerLane.ReadAsync(new byte[10]).AsTask();
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(reading.IsCompleted);
        Network.Weather = Weather.Calm;

        Assert.Equal(10, await reading);
    }

    [Fact(Timeout = Hang)]
    public async Task One_direction_alone_may_be_black()
    {
        var link = await LinkAsync();
        Network.SetWeather(LinkDirection.ToServer, Weather.Blackout);
        var there = link.ServerLane.ReadAsync(new byte[1]).AsTask();

        await link.ClientLane.WriteAsync(new byte[1]);
        await link.ServerLane.WriteAsync(new byte[1]);

        Assert.Equal(1, await link.ClientLane.ReadAsync(new byte[1]));
        Assert.False(there.IsCompleted);
        Network.SetWeather(LinkDirection.ToServer, Weather.Calm);
        Assert.Equal(1, await there);
    }

    [Fact(Timeout = Hang)]
    public async Task A_link_that_is_being_made_waits_for_its_end()
    {
        Network.Weather = Weather.Blackout;
        var linking = LinkAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(linking.IsCompleted);

        Network.Weather = Weather.Calm;

        await linking;
    }

    [Fact(Timeout = Hang)]
    public async Task Making_a_link_can_be_given_up_meanwhile()
    {
        Network.Weather = Weather.Blackout;
        using var patience = new CancellationTokenSource();
        var transport = Network.Transports.Single(static one => one.Scheme == "inproc");

        var connecting = transport.ConnectAsync(new Uri("inproc:nobody"), new ClientTransportOptions(), patience.Token).AsTask();
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    [Fact(Timeout = Hang)]
    public async Task A_close_arrives_after_it_too()
    {
        var link = await LinkAsync();
        Network.Weather = Weather.Blackout;
        await link.ClientLane.WriteAsync(new byte[5]);
        await link.ClientLane.CompleteWritesAsync();
        await link.Client.DisposeAsync();
        var reading = BareLink.ReadAllAsync(link.ServerLane);
        Assert.False(reading.IsCompleted);

        Network.Weather = Weather.Calm;

        var received = await reading;
        Assert.Equal(5, received.Bytes.Length);
        Assert.Null(received.Failure);
    }
}
