using Hawser.Transports;

namespace Hawser.Conformance.Transports;

public sealed class InProcess : TransportUnderTest
{
    public override string FreeAddress { get; } = $"inproc:{Guid.NewGuid():N}";
}

public sealed class InProcessTransportConformance() : ManyLanesConformance(new InProcess())
{
    [Fact(Timeout = Hang)]
    public async Task A_read_takes_several_pieces_of_a_gathered_write()
    {
        await using var link = await Transport.LinkAsync();
        var writing = link.ClientLane.WriteAsync([new byte[10], new byte[20], new byte[30]]).AsTask();

        Assert.Equal(60, await link.ServerLane.ReadAsync(new byte[100]));
        await writing;
    }

    [Fact(Timeout = Hang)]
    public async Task A_link_that_is_closed_without_an_end_is_cut()
    {
        await using var link = await Transport.LinkAsync();
        var reading = link.ServerLane.ReadAsync(new byte[1]).AsTask();

        await link.Client.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(() => reading);
    }

    [Fact(Timeout = Hang)]
    public async Task Each_of_reading_and_writing_is_refused_while_the_same_is_pending()
    {
        await using var link = await Transport.LinkAsync();
        _ = link.ClientLane.ReadAsync(new byte[1]).AsTask();
        _ = link.ClientLane.WriteAsync(new byte[1]).AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(() => link.ClientLane.ReadAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => link.ClientLane.WriteAsync(new byte[1]).AsTask());
    }

    [Fact(Timeout = Hang)]
    public async Task Lanes_that_nobody_accepts_make_the_opener_wait()
    {
        await using var link = await Transport.LinkAsync();
        Task<Lane> opening;
        var opened = 0;
        do
        {
            opening = link.Client.OpenLaneAsync(default).AsTask();
        }
        while (opening.IsCompleted && ++opened < 100_000);

        Assert.InRange(opened, 1, 10_000);
        Assert.NotNull(await link.Server.AcceptLaneAsync(default));
        await opening;
    }
}

public sealed class InProcessListenerConformance() : ListenerConformance(new InProcess());
