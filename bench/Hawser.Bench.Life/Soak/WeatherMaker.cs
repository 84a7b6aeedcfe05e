using Hawser.Testing;

namespace Hawser.Bench.Life.Soak;

/// <summary>Changes a network's weather every few seconds.</summary>
internal sealed class WeatherMaker(SimulatedNetwork network, int seed)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private static readonly Weather Rough = new()
    {
        Latency = TimeSpan.FromMilliseconds(5),
        Jitter = TimeSpan.FromMilliseconds(10),
        LossRate = 0.01,
        RetransmissionDelay = TimeSpan.FromMilliseconds(50),
        BytesPerSecond = 20_000_000,
    };

    private readonly Random random = new(seed);

    public async Task ChangeUntilAsync(CancellationToken end)
    {
        while (await SoakSite.PauseAsync(Interval, end))
        {
            network.Weather = random.Next(3) == 0 ? Rough : Weather.Calm;
            switch (random.Next(8))
            {
                case 0:
                    network.Cut();
                    break;
                case 1:
                    network.CutAfter(random.Next(1, 1_000_000), (LinkDirection)random.Next(2));
                    break;
                case 2:
                    network.HalfOpen();
                    break;
                case 3:
                    network.RefuseNext(5);
                    network.Cut();
                    break;
                case 4:
                    network.Weather = Weather.Blackout;
                    break;
            }
        }

        network.Weather = Weather.Calm;
    }
}
