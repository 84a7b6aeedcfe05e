using Hawser.Transports;

namespace Hawser.Testing;

/// <summary>A network with weather, for tests: latency, jitter, bandwidth, loss, black-outs; links that are cut, half-open or refused.</summary>
/// <remarks>
/// <para>Give <see cref="Transports"/> to <see cref="HawserChannelOptions.Transports"/>: the links that the channel makes then have the weather, in both directions.
/// Servers need not know; links that are accepted over these transports are not delayed a second time. Everything may be changed while the network is in use.</para>
/// <para>The weather's time is that of the given <see cref="TimeProvider"/>; with a <see cref="ManualTimeProvider"/> nothing arrives unless it is advanced.
/// The same seed and the same writes on the same links give the same delays and losses.</para>
/// <para>What is on its way is bounded: bandwidth × delay (16 MiB at most) and 64 KiB per lane and direction; writes wait beyond.</para>
/// <para>Safe from any thread. Disposing cuts every link, also those that are half-open.</para>
/// </remarks>
public sealed class SimulatedNetwork : IAsyncDisposable
{
    /// <summary>So often is a timer set while the clock moves; one that never stands still is real, and the timer late by nothing that counts.</summary>
    private const int MostTimerSettings = 8;

    private static readonly string[] Schemes = ["tcp", "tls", "unix", "inproc", "quic"];

    private readonly Lock gate = new();
    private readonly HashSet<SimulatedLink> links = [];
    private readonly CutCountdown[] cuts = [new(), new()];
    private readonly Weather[] weather = [Weather.Calm, Weather.Calm];
    private readonly TimeSpan[] notBefore = new TimeSpan[2];
    private readonly long start;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int linksTried;
    private int linksRefused;
    private int refusals;

    /// <summary>A network in calm weather.</summary>
    /// <param name="seed">Decides every random delay and loss.</param>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    public SimulatedNetwork(int seed = 0, TimeProvider? timeProvider = null)
    {
        Seed = seed;
        TimeProvider = timeProvider ?? TimeProvider.System;
        start = TimeProvider.GetTimestamp();
        var builtIn = new TransportRegistry([]);
        Transports = [.. Schemes.Select(scheme => new SimulatedTransport(this, scheme, address => builtIn.Find(address.OriginalString).Transport))];
    }

    /// <summary>The built-in transports over this network, for <see cref="HawserChannelOptions.Transports"/>: addresses stay as they are.</summary>
    public IReadOnlyList<Transport> Transports { get; }

    /// <summary>What decides every random delay and loss.</summary>
    public int Seed { get; }

    /// <summary>The weather, of both directions when set; reading gives that of <see cref="LinkDirection.ToServer"/>. Calm at first. What is on its way already arrives as it would have.</summary>
    public Weather Weather
    {
        get => WeatherOf(LinkDirection.ToServer);
        set
        {
            SetWeather(LinkDirection.ToServer, value);
            SetWeather(LinkDirection.ToClient, value);
        }
    }

    /// <summary>Whether every attempt to make a link is refused, as where nobody listens. False at first.</summary>
    public bool RefusesLinks { get; set; }

    /// <summary>The links that are open, the oldest first.</summary>
    public IReadOnlyList<SimulatedLink> Links
    {
        get
        {
            lock (gate)
                return [.. links.OrderBy(static link => link.Number)];
        }
    }

    /// <summary>How many times a link was tried to be made so far.</summary>
    public int LinksTried => Volatile.Read(ref linksTried);

    /// <summary>How many of these the network refused.</summary>
    public int LinksRefused => Volatile.Read(ref linksRefused);

    internal TimeProvider TimeProvider { get; }

    /// <summary>The time since the network was made.</summary>
    internal TimeSpan Now => TimeProvider.GetElapsedTime(start);

    /// <summary>Puts this network before a transport of one's own.</summary>
    /// <param name="transport">What carries the bytes.</param>
    /// <returns>A transport of the same scheme, for <see cref="HawserChannelOptions.Transports"/>.</returns>
    public Transport Wrap(Transport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return new SimulatedTransport(this, transport.Scheme, _ => transport);
    }

    /// <summary>Sets the weather of one direction.</summary>
    /// <param name="direction">Which.</param>
    /// <param name="value">The weather.</param>
    public void SetWeather(LinkDirection direction, Weather value)
    {
        ArgumentNullException.ThrowIfNull(value);
        TaskCompletionSource before;
        lock (gate)
        {
            // What was held by a black-out is sent again when it ends, and travels as everything else.
            if (weather[(int)direction].IsBlackout && !value.IsBlackout)
                notBefore[(int)direction] = Now + value.Latency;
            weather[(int)direction] = value;
            before = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        before.SetResult();
        foreach (var link in Links)
            link.Refresh();
    }

    /// <summary>Cuts every open link: both sides fail at once, and what is on its way is lost. Links can be made again.</summary>
    public void Cut()
    {
        foreach (var link in Links)
            link.Cut();
    }

    /// <summary>Lets so many more bytes arrive in one direction, over whichever links, and then cuts the link that carried the last. Happens once; asking again starts anew.</summary>
    /// <param name="bytes">How many; 1 at least.</param>
    /// <param name="direction">Where to.</param>
    public void CutAfter(long bytes, LinkDirection direction)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        CutOf(direction).Start(bytes);
    }

    /// <summary>From now on nothing arrives over any open link, and nobody is told: only keep-alive finds out. Links that are made later are sound.</summary>
    public void HalfOpen()
    {
        foreach (var link in Links)
            link.HalfOpen();
    }

    /// <summary>Refuses the next attempts to make a link.</summary>
    /// <param name="count">How many; replaces an earlier count.</param>
    public void RefuseNext(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Volatile.Write(ref refusals, count);
    }

    /// <summary>Cuts every open link.</summary>
    /// <returns>A task that ends when they have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        var open = Links;
        Cut();
        await Task.WhenAll(open.Select(static link => link.Over)).ConfigureAwait(false);
    }

    internal Weather WeatherOf(LinkDirection direction) => Volatile.Read(ref weather[(int)direction]);

    internal CutCountdown CutOf(LinkDirection direction) => cuts[(int)direction];

    internal TimeSpan NotBefore(LinkDirection direction)
    {
        lock (gate)
            return notBefore[(int)direction];
    }

    internal int NextLink() => Interlocked.Increment(ref linksTried);

    internal SimulatedLink Add(TransportConnection inner, int number)
    {
        var link = new SimulatedLink(this, inner, number);
        lock (gate)
            links.Add(link);
        return link;
    }

    internal void Forget(SimulatedLink link)
    {
        lock (gate)
            links.Remove(link);
    }

    /// <summary>Whether this attempt is refused.</summary>
    internal bool Refuses()
    {
        var left = Volatile.Read(ref refusals);
        while (left > 0 && Interlocked.CompareExchange(ref refusals, left - 1, left) is var seen && seen != left)
            left = seen;
        if (left <= 0 && !RefusesLinks)
            return false;
        Interlocked.Increment(ref linksRefused);
        return true;
    }

    /// <summary>Waits as long as news take in a direction: the latency, and the rest of a black-out.</summary>
    internal async ValueTask TravelAsync(LinkDirection direction, CancellationToken cancellationToken)
    {
        do
        {
            await WaitForSightAsync(direction, cancellationToken).ConfigureAwait(false);
            if (WeatherOf(direction).Latency is var latency && latency > TimeSpan.Zero)
                await Task.Delay(latency, TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        while (WeatherOf(direction).IsBlackout);
    }

    /// <summary>Has a timer fire at a time. A clock that a test moves may move between the look at it and the setting of the timer, which would then be late: it is set again.</summary>
    internal void SetTimer(ITimer timer, TimeSpan due)
    {
        for (var attempt = 0; attempt < MostTimerSettings; attempt++)
        {
            var seen = Now;
            timer.Change(TimerDue(due), Timeout.InfiniteTimeSpan);
            if (Now == seen || ReferenceEquals(TimeProvider, TimeProvider.System))
                return;
        }
    }

    /// <summary>For how long a timer is to be set: the system's would fire too early by a fraction of a millisecond, and again and again.</summary>
    private TimeSpan TimerDue(TimeSpan due)
    {
        var left = due - Now;
        if (ReferenceEquals(TimeProvider, TimeProvider.System))
            left = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async ValueTask WaitForSightAsync(LinkDirection direction, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (!weather[(int)direction].IsBlackout)
                    return;
                change = changed.Task;
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
