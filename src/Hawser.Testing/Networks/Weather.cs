namespace Hawser.Testing;

/// <summary>What one direction of a <see cref="SimulatedNetwork"/> is like. Calm unless something is set.</summary>
/// <remarks>Immutable; <c>with</c> makes another. The links are reliable, as TCP's and QUIC's are: bad weather delays bytes, and none is lost or out of order.</remarks>
public sealed record Weather
{
    /// <summary>No delay, no limit, no loss: the network behaves like the transport beneath it.</summary>
    public static Weather Calm { get; } = new();

    /// <summary>Nothing gets through until the weather changes.</summary>
    public static Weather Blackout { get; } = new() { IsBlackout = true };

    /// <summary>How long a byte travels, one way. Default 0; range 0…1 h.</summary>
    public TimeSpan Latency { get; init => field = InRange(value, TimeSpan.Zero, nameof(Latency)); }

    /// <summary>How much longer a packet may travel: a random time from 0 to this is added to <see cref="Latency"/>. Default 0; range 0…1 h. Never changes the order.</summary>
    public TimeSpan Jitter { get; init => field = InRange(value, TimeSpan.Zero, nameof(Jitter)); }

    /// <summary>How many bytes per second a link carries, all its lanes together; null is without limit. Default null; range 1…10¹².</summary>
    public long? BytesPerSecond
    {
        get;
        init => field = value is null or (>= 1 and <= 1_000_000_000_000)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(BytesPerSecond), value, $"{nameof(BytesPerSecond)} must be 1…1,000,000,000,000, or null for no limit.");
    }

    /// <summary>
    /// The share of packets (of 1,400 bytes at most) that are lost and sent again after <see cref="RetransmissionDelay"/>, twice that when lost again, and so on, eight
    /// times at most. What follows on the same lane waits for them. Default 0; range 0…0.9.
    /// </summary>
    public double LossRate
    {
        get;
        init => field = value is >= 0 and <= 0.9 ? value : throw new ArgumentOutOfRangeException(nameof(LossRate), value, $"{nameof(LossRate)} must be 0…0.9; {nameof(Blackout)} lets nothing through.");
    }

    /// <summary>After how long a lost packet is sent again. Default 200 ms, which is Linux's least; range 1 ms…1 h.</summary>
    public TimeSpan RetransmissionDelay { get; init => field = InRange(value, TimeSpan.FromMilliseconds(1), nameof(RetransmissionDelay)); } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether nothing gets through. What is sent meanwhile arrives once the weather has changed; a link that is being made waits. Default false.</summary>
    public bool IsBlackout { get; init; }

    private static TimeSpan InRange(TimeSpan value, TimeSpan least, string name) => value >= least && value <= TimeSpan.FromHours(1)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least.TotalMilliseconds} ms…1 h.");
}
