namespace Hawser;

/// <summary>How a channel's connection ended, for <see cref="HawserChannelOptions.ConnectionClosed"/>, which may choose when the next is made.</summary>
public sealed class ConnectionEnd
{
    internal ConnectionEnd(Connection connection, Status reason, TimeSpan? delay)
    {
        Connection = connection;
        Reason = reason;
        Delay = delay;
        IsDelayChosen = false;
    }

    /// <summary>The connection, which has ended.</summary>
    public Connection Connection { get; }

    /// <summary>Why it ended.</summary>
    public Status Reason { get; }

    /// <summary>
    /// The delay before the next attempt. What is set here is obeyed, also by calls that are made meanwhile. Null when no attempt follows from this end: the channel is being disposed, has been
    /// idle, or has another connection already; setting it then does nothing. Range 0…1 d; what is outside is taken for the nearest. Over gRPC no attempt is made before
    /// the next call, which connects at once unless a delay is set here.
    /// </summary>
    public TimeSpan? Delay
    {
        get;
        set
        {
            IsDelayChosen = true;
            field = value is { } time ? TimeSpan.FromTicks(Math.Clamp(time.Ticks, 0, TimeSpan.TicksPerDay)) : null;
        }
    }

    internal bool IsDelayChosen { get; private set; }
}
