namespace Hawser.Testing;

/// <summary>Decides when the packets of one lane's direction arrive. The same seed and the same packets give the same times.</summary>
/// <remarks>Not safe from several threads at once: one lane has one writer.</remarks>
internal sealed class PacketTimes(Line line, int seed)
{
    private const int MostRetransmissions = 8;

    private readonly Random random = new(seed);
    private TimeSpan latest;

    /// <summary>When a packet that is sent now arrives.</summary>
    public TimeSpan Arrival(int size)
    {
        var weather = line.Weather;
        var arrival = line.Occupy(size, weather) + weather.Latency;
        if (weather.Jitter > TimeSpan.Zero)
            arrival += weather.Jitter * random.NextDouble();
        if (weather.LossRate > 0)
            arrival += Stall(weather);

        // The lane is ordered: whatever overtakes waits at the other end.
        if (arrival > latest)
            latest = arrival;
        return latest;
    }

    private TimeSpan Stall(Weather weather)
    {
        var stall = TimeSpan.Zero;
        var delay = weather.RetransmissionDelay;
        for (var times = 0; times < MostRetransmissions && random.NextDouble() < weather.LossRate; times++)
        {
            stall += delay;
            delay *= 2;
            line.CountLostPacket();
        }

        return stall;
    }
}
