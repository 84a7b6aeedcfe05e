using Hawser.Transports;

namespace Hawser.Conformance.Transports;

public sealed class QuicTransportConformance() : ManyLanesConformance(new Quic())
{
    [Fact(Timeout = Hang)]
    public async Task A_link_that_is_closed_without_an_end_is_cut()
    {
        await using var link = await Transport.LinkAsync();
        var reading = link.ServerLane.ReadAsync(new byte[1]).AsTask();

        await link.Client.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(() => reading);
    }

    [Fact(Timeout = Hang)]
    public async Task A_link_is_closed_with_a_code_that_names_the_status()
    {
        await using var link = await Transport.LinkAsync();
        var reading = link.ServerLane.ReadAsync(new byte[1]).AsTask();

        await link.Client.CloseAsync((long)StatusCode.ResourceExhausted);

        var failure = await Assert.ThrowsAsync<IOException>(() => reading);
        Assert.Matches("^The link to quic://127.0.0.1:[0-9]+ was cut: the peer closed it with code 8 \\(ResourceExhausted\\)\\.$", failure.Message);
    }

    [Fact(Timeout = Hang)]
    public async Task Lanes_beyond_the_limit_wait_until_others_have_ended()
    {
        var few = new ConnectionLimits { MaxCallsInFlight = 1 };
        await using var listener = await Transport.ListenAsync(options: Transport.ServerOptions.WithLimits(few));
        await using var link = await Transport.LinkAsync(listener);
        var lanes = new List<(Lane Mine, Lane Theirs)>();
        for (var count = 0; count < 256; count++)
            lanes.Add(await OpenAsync(link));

        var opening = link.Client.OpenLaneAsync(default).AsTask();
        await Task.WhenAll(EchoAsync(link.Server, 1), ServeAsync(link.Client, 1));
        Assert.False(opening.IsCompleted);
        var (mine, theirs) = lanes[100];
        await mine.CompleteWritesAsync();
        Assert.Empty(await theirs.ReadToEndAsync());
        await theirs.CompleteWritesAsync();
        Assert.Empty(await mine.ReadToEndAsync());

        Assert.NotNull(await opening);
    }

    [Fact(Timeout = Hang)]
    public async Task An_abort_is_told_while_nobody_reads()
    {
        await using var link = await Transport.LinkAsync();
        var (mine, theirs) = await OpenAsync(link);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = theirs.PeerAborted.Register(told.SetResult);

        mine.Abort(1);

        await told.Task;
    }

    [Fact(Timeout = Hang)]
    public async Task An_abort_after_the_end_is_told_too()
    {
        await using var link = await Transport.LinkAsync();
        var (mine, theirs) = await OpenAsync(link);
        await mine.CompleteWritesAsync();
        Assert.Empty(await theirs.ReadToEndAsync());
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = theirs.PeerAborted.Register(told.SetResult);

        mine.Abort(1);

        var failure = await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (true)
                await theirs.WriteAsync(new byte[1000]);
        });
        Assert.Equal(1, Assert.IsType<LaneAbortedException>(failure).Code);
        await told.Task;
    }

    [Fact(Timeout = Hang)]
    public async Task What_the_server_wrote_and_ended_arrives_after_both_have_left()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var link = await Transport.LinkAsync();
            await link.ClientLane.CompleteWritesAsync();
            Assert.Empty(await link.ServerLane.ReadToEndAsync());

            var reading = link.ClientLane.ReadToEndAsync();
            await link.ServerLane.WriteAsync(new byte[300_000]);
            await link.ServerLane.CompleteWritesAsync();
            var closing = link.Server.DisposeAsync().AsTask();
            var received = await reading;
            await link.Client.DisposeAsync();

            Assert.Equal(300_000, received.Length);
            await closing;
        }
    }
}

public sealed class QuicListenerConformance() : ListenerConformance(new Quic());

public sealed class QuicDescriptorConformance() : DescriptorConformance(new Quic());
