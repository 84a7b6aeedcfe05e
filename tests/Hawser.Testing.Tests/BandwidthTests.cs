namespace Hawser.Testing.Tests;

public sealed class BandwidthTests : NetworkTest
{
    private const int Packet = 1_400;

    [Fact(Timeout = Hang)]
    public async Task Bytes_come_at_exactly_the_rate_of_the_link()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { BytesPerSecond = 1_000_000 };
        await link.ClientLane.WriteAsync(new byte[40 * Packet]);

        for (var packet = 1; packet <= 40; packet++)
        {
            Clock.Advance(TimeSpan.FromTicks((Packet * 10) - 1));
            var reading = BareLink.ReadAsync(link.ServerLane, Packet);
            Assert.Equal((41 - packet) * Packet, link.Simulated.BytesInFlight(LinkDirection.ToServer));
            Clock.Advance(TimeSpan.FromTicks(1));
            await reading;
        }

        Assert.Equal(Milliseconds(56), Elapsed);
        Assert.Equal(40 * Packet, link.Simulated.BytesArrived(LinkDirection.ToServer));
    }

    [Fact(Timeout = Hang)]
    public async Task Latency_comes_on_top()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { BytesPerSecond = 1_000_000, Latency = Milliseconds(100) };

        await link.ClientLane.WriteAsync(new byte[10_000]);
        var reading = BareLink.ReadAsync(link.ServerLane, 10_000);
        Clock.Advance(Milliseconds(110) - TimeSpan.FromTicks(1));
        Assert.False(reading.IsCompleted);
        Clock.Advance(TimeSpan.FromTicks(1));

        await reading;
    }

    [Fact(Timeout = Hang)]
    public async Task Lanes_share_what_there_is()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { BytesPerSecond = 1_000_000 };
        var second = await link.Client.OpenLaneAsync(default);
        var accepted = await link.Server.AcceptLaneAsync(default);

        await link.ClientLane.WriteAsync(new byte[10_000]);
        await second.WriteAsync(new byte[10_000]);
        var first = BareLink.ReadAsync(link.ServerLane, 10_000);
        var other = BareLink.ReadAsync(accepted!, 10_000);
        Clock.Advance(Milliseconds(10));
        await first;
        Assert.False(other.IsCompleted);
        Clock.Advance(Milliseconds(10));

        await other;
    }

    [Fact(Timeout = Hang)]
    public async Task No_more_is_on_its_way_than_bandwidth_times_delay_and_a_buffer()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { BytesPerSecond = 1_000_000, Latency = Milliseconds(500) };
        var bound = 500_000 + (64 * 1024);

        var writing = link.ClientLane.WriteAsync(new byte[1_000_000]).AsTask();
        Assert.InRange(link.Simulated.BytesInFlight(LinkDirection.ToServer), bound, bound + Packet);
        Assert.False(writing.IsCompleted);

        var reading = BareLink.ReadAsync(link.ServerLane, 1_000_000);
        await AdvanceUntilAsync(Milliseconds(10), reading);
        await writing;
    }

    [Fact(Timeout = Hang)]
    public async Task A_reader_that_does_not_read_makes_the_writer_wait_in_both_directions()
    {
        var link = await LinkAsync();

        var up = link.ClientLane.WriteAsync(new byte[1_000_000]).AsTask();
        var down = link.ServerLane.WriteAsync(new byte[1_000_000]).AsTask();
        await EventuallyAsync(() => link.Simulated.BytesInFlight(LinkDirection.ToClient) >= 64 * 1024);

        Assert.False(up.IsCompleted);
        Assert.False(down.IsCompleted);
        await BareLink.ReadAsync(link.ServerLane, 1_000_000);
        await BareLink.ReadAsync(link.ClientLane, 1_000_000);
        await up;
        await down;
    }
}
