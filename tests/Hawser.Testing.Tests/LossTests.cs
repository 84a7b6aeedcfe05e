using FsCheck;
using FsCheck.Fluent;

namespace Hawser.Testing.Tests;

public sealed class LossTests : NetworkTest
{
    [Fact(Timeout = Hang)]
    public async Task Lost_packets_come_late_and_none_is_missing_or_out_of_order()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { Latency = Milliseconds(10), LossRate = 0.3 };
        var sent = new byte[60_000];
        new Random(1).NextBytes(sent);

        await link.ClientLane.WriteAsync(sent);
        var reading = BareLink.ReadAsync(link.ServerLane, sent.Length);
        Clock.Advance(Milliseconds(200));
        Assert.False(reading.IsCompleted);
        Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(sent, await reading);
        Assert.InRange(link.Simulated.PacketsLost(LinkDirection.ToServer), 1, int.MaxValue);
    }

    [Fact(Timeout = Hang)]
    public async Task A_lane_does_not_wait_for_another_one_s_lost_packet()
    {
        var link = await LinkAsync();
        var second = await link.Client.OpenLaneAsync(default);
        var accepted = await link.Server.AcceptLaneAsync(default);
        Network.Weather = new Weather { LossRate = 0.9, RetransmissionDelay = TimeSpan.FromMinutes(10) };
        while (link.Simulated.PacketsLost(LinkDirection.ToServer) == 0)
            await link.ClientLane.WriteAsync(new byte[1_000]);
        Network.Weather = Weather.Calm;

        await second.WriteAsync(new byte[1_000]);

        Assert.Equal(1_000, await accepted!.ReadAsync(new byte[1_000]));
        Assert.InRange(link.Simulated.BytesInFlight(LinkDirection.ToServer), 1_000, int.MaxValue);
    }

    [Fact]
    public void The_same_seed_and_the_same_writes_give_the_same_weather()
    {
        var samples = Gen.Zip(Gen.Choose(0, int.MaxValue), Gen.Choose(1, 5_000).ArrayOf(20));
        Prop.ForAll(samples.ToArbitrary(), sample =>
        {
            var (seed, sizes) = sample;
            var times = ArrivalTimes(seed, sizes);
            return times.SequenceEqual(ArrivalTimes(seed, sizes)) && (times.Count == 0 || !times.SequenceEqual(ArrivalTimes(seed ^ 1, sizes)));
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>When the last byte of each write has arrived.</summary>
    private static List<TimeSpan> ArrivalTimes(int seed, int[] sizes)
    {
        return Task.Run(MeasureAsync).GetAwaiter().GetResult();

        async Task<List<TimeSpan>> MeasureAsync()
        {
            var clock = new ManualTimeProvider();
            await using var network = new SimulatedNetwork(seed, clock);
            await using var link = await BareLink.MakeAsync(network);
            network.Weather = new Weather { Latency = Milliseconds(10), Jitter = Milliseconds(100), LossRate = 0.2, BytesPerSecond = 1_000_000 };
            var times = new List<TimeSpan>();
            foreach (var size in sizes)
            {
                await link.ClientLane.WriteAsync(new byte[size]);
                var reading = BareLink.ReadAsync(link.ServerLane, size);
                times.Add(await TimeOfAsync(clock, link, reading));
            }

            return times;
        }
    }

    /// <summary>Advances timer by timer until a read has ended.</summary>
    private static async Task<TimeSpan> TimeOfAsync(ManualTimeProvider clock, BareLink link, Task reading)
    {
        while (link.Simulated.BytesInFlight(LinkDirection.ToServer) > 0)
        {
            await EventuallyAsync(() => clock.UntilNextTimer is not null || link.Simulated.BytesInFlight(LinkDirection.ToServer) == 0);
            if (clock.UntilNextTimer is { } time)
                clock.Advance(time);
        }

        await reading;
        return clock.GetUtcNow() - clock.Start;
    }
}
