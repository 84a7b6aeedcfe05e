using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;
using Hawser.Transports;

namespace Hawser.Tests.Frames.Connections;

/// <summary>
/// A server stops while a client is in the middle of its handshake. The client has the server's hello perhaps, and may be calling: whatever the order in which the two see each
/// other's bytes, it learns that its calls were not run.
/// </summary>
public sealed class StopDuringHandshakeTests : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly HeldLogger logger = new(HeldLogger.CallRefused);
    private readonly FrameConnection connection;
    private readonly InProcessConnection client;
    private readonly RawPeer peer;
    private int runs;

    public StopDuringHandshakeTests()
    {
        var endpoints = new EndpointRegistry(JsonCodec.Default);
        endpoints.Map("Test/Run", (byte[] message) =>
        {
            Interlocked.Increment(ref runs);
            return message;
        });
        endpoints.Map("Test/RunAll", (IAsyncEnumerable<int> numbers) =>
        {
            Interlocked.Increment(ref runs);
            return 0;
        });
        (client, var link) = InProcessConnection.CreatePair("raw:test");
        peer = new RawPeer(client.FirstLane);
        connection = new FrameConnection(
            link, isInitiator: false, new ConnectionSettings(JsonCodec.Default, new ConnectionLimits(), endpoints, [], false, logger, new ManualTimeProvider()));
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_comes_with_a_hello_that_is_not_waited_for_any_more_is_refused_as_not_run()
    {
        logger.Release();
        var opening = await OpenUntilStoppedAsync();
        await CallAsync();

        Assert.Equal(0UL, (await peer.ReadAsync()).Numbers(1)[0]);
        var refusal = await peer.ReadAsync();
        Assert.Equal((FrameType.Finish, FrameFlags.NotRun, 1UL), (refusal.Type, refusal.Flags, refusal.Numbers(1)[0]));
        Assert.True((await opening.WaitAsync(RawPeer.Patience)).IsOk);
        Assert.Equal(0, runs);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_is_being_refused_while_the_link_is_closed_is_above_the_last_that_is_run()
    {
        await OpenUntilStoppedAsync();
        await CallAsync();
        await logger.Held;
        var closing = connection.CloseAsync(StatusCode.Unavailable, "the server has stopped");

        var goingAway = await peer.ReadAsync();
        Assert.Equal((FrameType.GoingAway, 0UL), (goingAway.Type, goingAway.Numbers(1)[0]));
        await peer.ReadCloseAsync();
        logger.Release();
        await closing.WaitAsync(RawPeer.Patience);
        Assert.Equal(0, runs);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_on_a_lane_of_its_own_is_refused_as_not_run_although_the_link_was_closed_before_the_hello()
    {
        logger.Release();
        await OpenUntilStoppedAsync();
        var closing = connection.CloseAsync(StatusCode.Unavailable, "the server has stopped");
        Assert.Equal(0UL, (await peer.ReadAsync(FrameType.GoingAway)).Numbers(1)[0]);
        await peer.ReadAsync(FrameType.Close);

        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Hello());
        var lane = await OpenLaneAsync("Test/RunAll");
        var refusal = await lane.ReadAsync();
        Assert.Equal((FrameType.Finish, FrameFlags.NotRun), (refusal.Type, refusal.Flags));
        Assert.Null(await lane.TryReadAsync());
        await peer.CompleteAsync();
        await closing.WaitAsync(RawPeer.Patience);
        Assert.Equal(0, runs);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_is_accepted_after_the_link_was_closed_gets_nothing_behind_the_close()
    {
        var decision = new TaskCompletionSource<Status>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opening = connection.OpenAsync(
            async _ =>
            {
                asked.SetResult();
                return await decision.Task;
            },
            stop.Token);
        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Hello());
        await asked.Task.WaitAsync(RawPeer.Patience);

        // What is closed with waits until the peer reads, so that there is time to add to it.
        var closing = connection.CloseAsync(StatusCode.Unavailable, "the server has stopped");
        decision.SetResult(Status.Ok);
        await opening.WaitAsync(RawPeer.Patience);

        Assert.Equal(FrameBytes.Preface(), await peer.TakeAsync(8));
        Assert.Equal(FrameType.Close, (await peer.ReadAsync()).Type);
        Assert.Null(await peer.TryReadAsync());
        await peer.CompleteAsync();
        await closing.WaitAsync(RawPeer.Patience);
    }

    [Fact(Timeout = Hang)]
    public async Task A_lane_ends_when_its_call_has_been_refused()
    {
        logger.Release();
        var opening = connection.OpenAsync(stop.Token);
        await peer.HandshakeAsync();
        await opening.WaitAsync(RawPeer.Patience);

        var lane = await OpenLaneAsync("Test/Unknown");
        Assert.Equal((ulong)StatusCode.Unimplemented, (await lane.ReadAsync(FrameType.Finish)).Numbers(2)[1]);
        Assert.Null(await lane.TryReadAsync());
    }

    public async ValueTask DisposeAsync()
    {
        logger.Release();
        peer.Cut();
        await client.DisposeAsync();
        await connection.CloseAsync(StatusCode.Ok, "the test is over");
        stop.Dispose();
    }

    /// <summary>Has the server say hello, and give up the wait for the peer's.</summary>
    private async Task<Task<Status>> OpenUntilStoppedAsync()
    {
        var opening = connection.OpenAsync(decide: null, stop.Token);
        await peer.ReadGreetingAsync();
        await stop.CancelAsync();
        while (!connection.IsGoingAway && !opening.IsCompleted)
            await Task.Yield();
        return opening;
    }

    /// <summary>Says hello and calls, as one who has the server's hello already.</summary>
    private Task CallAsync() =>
        peer.SendAsync(FrameBytes.Preface(), FrameBytes.Hello(), FrameBytes.Route(1, "Test/Run"), FrameBytes.Call(1, 1, "x"u8));

    private async Task<RawPeer> OpenLaneAsync(string method)
    {
        var lane = new RawPeer(await client.OpenLaneAsync(TestContext.Current.CancellationToken));
        await lane.SendAsync(FrameBytes.Route(1, method, Body.Stream), FrameBytes.Open(1, 1));
        return lane;
    }
}
