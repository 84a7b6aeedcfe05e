using Hawser.Transports;

namespace Hawser.Testing;

/// <summary>One link of a <see cref="SimulatedNetwork"/>: what it has carried, and what can be done to it alone.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class SimulatedLink
{
    private readonly SimulatedNetwork network;
    private readonly TransportConnection inner;
    private readonly Lock gate = new();
    private readonly HashSet<SimulatedLane> lanes = [];
    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource halfOpened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int laneSeeds;
    private Exception? failure;
    private volatile bool isOver;

    internal SimulatedLink(SimulatedNetwork network, TransportConnection inner, int number)
    {
        this.network = network;
        this.inner = inner;
        Number = number;
        laneSeeds = unchecked((network.Seed * 486_187_739) + (number * 16_777_619));
        ToServer = new Line(network, this, LinkDirection.ToServer);
        ToClient = new Line(network, this, LinkDirection.ToClient);
    }

    /// <summary>Which link of the network it is, in the order in which they were made; the first is 1.</summary>
    public int Number { get; }

    /// <summary>Where it leads to.</summary>
    public string Address => inner.RemoteAddress;

    /// <summary>Whether neither side has closed it, and nothing has cut it.</summary>
    public bool IsOpen => !isOver;

    /// <summary>Whether nothing arrives any more; see <see cref="HalfOpen"/>.</summary>
    public bool IsHalfOpen => halfOpened.Task.IsCompleted;

    internal Line ToServer { get; }

    internal Line ToClient { get; }

    internal TransportConnection Inner => inner;

    /// <summary>Ends when the link has.</summary>
    internal Task Over => over.Task;

    /// <summary>How many bytes have arrived.</summary>
    /// <param name="direction">Where.</param>
    /// <returns>The number, of all lanes together.</returns>
    public long BytesArrived(LinkDirection direction) => LineOf(direction).BytesArrived;

    /// <summary>How many bytes have been sent and not yet taken by who reads them.</summary>
    /// <param name="direction">Where to.</param>
    /// <returns>The number, of all lanes together.</returns>
    public long BytesInFlight(LinkDirection direction) => LineOf(direction).BytesInFlight;

    /// <summary>How many packets were lost, and had to be sent again.</summary>
    /// <param name="direction">Where to.</param>
    /// <returns>The number; a packet that was lost twice counts twice.</returns>
    public long PacketsLost(LinkDirection direction) => LineOf(direction).PacketsLost;

    /// <summary>Cuts the link: both sides fail at once, and what is on its way is lost.</summary>
    public void Cut() => Fail(new IOException($"The link to {Address} was cut by the simulated network."));

    /// <summary>From now on nothing arrives, in either direction, for good; and neither side is told, not even when the other closes the link.</summary>
    public void HalfOpen()
    {
        halfOpened.TrySetResult();
        Refresh();
    }

    /// <summary>Puts the network before a lane.</summary>
    internal SimulatedLane Add(Lane lane)
    {
        lock (gate)
        {
            var simulated = new SimulatedLane(this, lane, laneSeeds);
            laneSeeds = unchecked(laneSeeds + 7_919);
            if (failure is not null)
                simulated.Fail(failure);
            lanes.Add(simulated);
            _ = ForgetAsync(simulated);
            return simulated;
        }
    }

    /// <summary>Waits as long as news take in a direction.</summary>
    /// <returns>Whether they arrive at all.</returns>
    internal async ValueTask<bool> TravelAsync(LinkDirection direction)
    {
        if (!IsHalfOpen)
            await network.TravelAsync(direction, CancellationToken.None).ConfigureAwait(false);
        return !IsHalfOpen;
    }

    /// <summary>The weather has changed.</summary>
    internal void Refresh()
    {
        foreach (var lane in Lanes())
            lane.Refresh();
    }

    /// <summary>This side closes the link: what was written goes on its way, and then the peer is told.</summary>
    internal async Task CloseAsync(TimeSpan mostLinger)
    {
        var open = Lanes();
        foreach (var lane in open)
            lane.Close();
        var sent = Task.WhenAll(open.Select(static lane => lane.Sent));
        try
        {
            await Task.WhenAny(sent, halfOpened.Task, over.Task).WaitAsync(mostLinger, network.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The peer does not read; a system gives up, too.
        }

        if (IsHalfOpen)
            await Task.WhenAny(over.Task, Task.WhenAll(open.Select(static lane => lane.Received))).ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
    }

    private Line LineOf(LinkDirection direction) => direction == LinkDirection.ToServer ? ToServer : ToClient;

    private SimulatedLane[] Lanes()
    {
        lock (gate)
            return [.. lanes];
    }

    private void Fail(IOException exception)
    {
        SimulatedLane[] open;
        lock (gate)
        {
            failure ??= exception;
            open = [.. lanes];
        }

        Leave();
        foreach (var lane in open)
            lane.Fail(exception);
        _ = CutInnerAsync(open.Length > 0);
    }

    private async Task CutInnerAsync(bool hasLanes)
    {
        // Closing alone would look like an end to a peer over TCP.
        if (hasLanes)
            inner.FirstLane.Abort(0);
        await EndAsync().ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        Leave();
        over.TrySetResult();
        await inner.DisposeAsync().ConfigureAwait(false);
    }

    // Before anybody is told that the link has ended, so that whoever learns of it finds it neither open nor in the network.
    private void Leave()
    {
        isOver = true;
        network.Forget(this);
    }

    private async Task ForgetAsync(SimulatedLane lane)
    {
        await Task.WhenAll(lane.Sent, lane.Received).ConfigureAwait(false);
        lock (gate)
            lanes.Remove(lane);
    }
}
