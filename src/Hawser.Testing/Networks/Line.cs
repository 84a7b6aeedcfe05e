namespace Hawser.Testing;

/// <summary>One direction of a link, which its lanes share: bandwidth, and what is counted.</summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class Line(SimulatedNetwork network, SimulatedLink link, LinkDirection direction)
{
    private const int PacketSize = 1_400;
    private const int BigPacketSize = 64 * 1024;

    /// <summary>What a sender's buffers take besides what is on its way.</summary>
    private const int SendBuffer = 64 * 1024;

    /// <summary>What is taken for the bandwidth of a direction without limit: 1 Gbit/s.</summary>
    private const long NominalBytesPerSecond = 125_000_000;

    private const int MostBytesInFlight = 16 * 1024 * 1024;

    private readonly Lock gate = new();
    private TimeSpan freeAt;
    private long bytesArrived;
    private long bytesInFlight;
    private long packetsLost;

    public Weather Weather => network.WeatherOf(direction);

    public SimulatedNetwork Network => network;

    public SimulatedLink Link => link;

    public long BytesArrived => Volatile.Read(ref bytesArrived);

    public long BytesInFlight => Volatile.Read(ref bytesInFlight);

    public long PacketsLost => Volatile.Read(ref packetsLost);

    /// <summary>Whether anything arrives at present.</summary>
    public bool IsPassable => !link.IsHalfOpen && !Weather.IsBlackout;

    /// <summary>Before when nothing arrives that was sent during a blackout.</summary>
    public TimeSpan NotBefore => network.NotBefore(direction);

    /// <summary>How many bytes one packet holds at most: where neither bandwidth nor loss counts packets, larger ones save work.</summary>
    public int MaxPacketSize => Weather is { LossRate: 0, BytesPerSecond: null } ? BigPacketSize : PacketSize;

    /// <summary>How many bytes of one lane may be on their way: bandwidth × delay, and a buffer.</summary>
    public long Capacity
    {
        get
        {
            var weather = Weather;
            var underway = (weather.BytesPerSecond ?? NominalBytesPerSecond) * (weather.Latency + weather.Jitter).TotalSeconds;
            return SendBuffer + (long)Math.Min(MostBytesInFlight, underway);
        }
    }

    /// <summary>Has a packet take its place on the line.</summary>
    /// <returns>When its last byte has been sent.</returns>
    public TimeSpan Occupy(int size, Weather weather)
    {
        var now = network.Now;
        lock (gate)
        {
            if (freeAt < now)
                freeAt = now;
            if (weather.BytesPerSecond is { } rate)
                freeAt += TimeSpan.FromTicks((long)Math.Ceiling(size * (decimal)TimeSpan.TicksPerSecond / rate));
            return freeAt;
        }
    }

    public void CountLostPacket() => Interlocked.Increment(ref packetsLost);

    public void CountArrived(int count) => Interlocked.Add(ref bytesArrived, count);

    public void CountInFlight(long more) => Interlocked.Add(ref bytesInFlight, more);

    /// <summary>How many of so many bytes may arrive before a cut that was asked for.</summary>
    /// <param name="wanted">So many.</param>
    /// <param name="isLast">Whether the cut comes after them.</param>
    public int Grant(int wanted, out bool isLast) => network.CutOf(direction).Grant(wanted, out isLast);
}
