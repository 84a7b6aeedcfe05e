using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>What a transport with many lanes promises besides.</summary>
public abstract class ManyLanesConformance(TransportUnderTest transport) : TransportConformance(transport)
{
    [Fact(Timeout = Hang)]
    public async Task Lanes_are_independent_of_each_other()
    {
        await using var link = await Transport.LinkAsync();
        Assert.True(link.Client.HasManyLanes);
        var stuck = link.ClientLane.WriteAsync(new byte[MoreThanTheKernelHolds]).AsTask();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(index => EchoAsync(link.Client, index)).Append(ServeAsync(link.Server, 32)));

        Assert.False(stuck.IsCompleted);
        await link.ServerLane.ReadExactlyAsync(MoreThanTheKernelHolds);
        await stuck;
    }

    [Fact(Timeout = Hang)]
    public async Task Either_side_can_open_a_lane()
    {
        await using var link = await Transport.LinkAsync();

        await Task.WhenAll(EchoAsync(link.Client, 1), ServeAsync(link.Server, 1));
        await Task.WhenAll(EchoAsync(link.Server, 2), ServeAsync(link.Client, 1));
    }

    [Fact(Timeout = Hang)]
    public async Task An_abort_carries_its_code_and_leaves_the_other_lanes_alone()
    {
        await using var link = await Transport.LinkAsync();
        var (mine, theirs) = await OpenAsync(link);
        var reading = theirs.ReadAsync(new byte[1]).AsTask();

        mine.Abort(42);

        Assert.Equal(42, (await Assert.ThrowsAsync<LaneAbortedException>(() => reading)).Code);
        Assert.Equal(42, (await Assert.ThrowsAsync<LaneAbortedException>(() => theirs.WriteAsync(new byte[1]).AsTask())).Code);
        var first = link.ServerLane.ReadAsync(new byte[8]).AsTask();
        await link.ClientLane.WriteAsync(new byte[1]);
        Assert.Equal(1, await first);
    }

    [Fact(Timeout = Hang)]
    public async Task Disposing_ends_waiting_for_lanes_on_both_sides()
    {
        await using var link = await Transport.LinkAsync();
        var mine = link.Client.AcceptLaneAsync(default).AsTask();
        var theirs = link.Server.AcceptLaneAsync(default).AsTask();

        await link.Client.DisposeAsync();

        Assert.Null(await mine);
        Assert.Null(await theirs);
        await Assert.ThrowsAnyAsync<IOException>(() => link.Client.OpenLaneAsync(default).AsTask());
        await Assert.ThrowsAnyAsync<IOException>(() => link.Server.OpenLaneAsync(default).AsTask());
    }

    [Fact(Timeout = Hang)]
    public async Task Disposing_cuts_the_lanes_that_were_opened()
    {
        await using var link = await Transport.LinkAsync();
        var (mine, theirs) = await OpenAsync(link);
        var readings = new[] { mine.ReadAsync(new byte[1]).AsTask(), theirs.ReadAsync(new byte[1]).AsTask() };

        await link.Client.DisposeAsync();

        foreach (var reading in readings)
            await Assert.ThrowsAnyAsync<IOException>(() => reading);
    }

    protected static async Task<(Lane Mine, Lane Theirs)> OpenAsync(Link link)
    {
        var accepting = link.Server.AcceptLaneAsync(default);
        var mine = await link.Client.OpenLaneAsync(default);
        var write = mine.WriteAsync(new byte[1]).AsTask();
        var theirs = await accepting;
        Assert.NotNull(theirs);
        await theirs.ReadExactlyAsync(1);
        await write;
        return (mine, theirs);
    }

    protected static async Task EchoAsync(TransportConnection connection, int seed)
    {
        var sent = new byte[10_000];
        new Random(seed).NextBytes(sent);
        var lane = await connection.OpenLaneAsync(default);
        await lane.WriteAsync(sent);
        await lane.CompleteWritesAsync();
        Assert.Equal(sent, await lane.ReadToEndAsync());
    }

    protected static async Task ServeAsync(TransportConnection connection, int lanes)
    {
        var serving = new List<Task>();
        while (lanes-- > 0)
        {
            var lane = await connection.AcceptLaneAsync(default);
            Assert.NotNull(lane);
            serving.Add(Task.Run(async () =>
            {
                await lane.WriteAsync(await lane.ReadToEndAsync());
                await lane.CompleteWritesAsync();
            }));
        }

        await Task.WhenAll(serving);
    }
}
