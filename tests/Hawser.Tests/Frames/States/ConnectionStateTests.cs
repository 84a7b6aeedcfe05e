using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;
using Hawser.Transports;

namespace Hawser.Tests.Frames.States;

/// <summary>Edges of the connection's state machine in <c>docs/states.md</c> that no other test takes.</summary>
public sealed class ConnectionStateTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public async Task A_peer_that_goes_away_gets_no_new_calls_and_those_above_its_last_are_made_elsewhere()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 100));
        var first = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        var second = client.Channel.CallAsync<byte[], byte[]>("A/B", [2]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.GoingAway(1, "moving house"));

        // What was not run is made again over a new connection, while the other call goes on over the old one.
        var next = await client.Transport.AcceptAsync();
        await next.HandshakeAsync();
        Assert.Equal([2], (await next.ReadAsync(FrameType.Call)).Body[^1..]);
        await next.SendAsync(FrameBytes.Message(1, "there"u8, FrameFlags.End));
        Assert.Equal("there"u8.ToArray(), await second.WaitAsync(RawPeer.Patience));
        await peer.SendAsync(FrameBytes.Message(1, "done"u8, FrameFlags.End));
        Assert.Equal("done"u8.ToArray(), await first.WaitAsync(RawPeer.Patience));
    }

    [Fact]
    public async Task A_side_that_goes_away_refuses_later_calls_as_not_run()
    {
        await using var server = await RawServer.StartAsync();
        var held = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Server.Map("Test/Held", (byte[] message) => held.Task);
        var peer = await server.ConnectAsync((3, 100));
        await peer.SendAsync(FrameBytes.Route(1, "Test/Held"), FrameBytes.Call(1, 1, "x"u8), FrameBytes.Ping(1));
        await peer.ReadAsync(FrameType.Pong);
        var stopping = server.Server.StopAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1UL, (await peer.ReadAsync(FrameType.GoingAway)).Numbers(1)[0]);
        await peer.SendAsync(FrameBytes.Call(3, 1, "y"u8));
        var refusal = await peer.ReadAsync(FrameType.Finish);
        Assert.Equal([3, (ulong)StatusCode.Unavailable], refusal.Numbers(2));
        Assert.Equal(FrameFlags.NotRun, refusal.Flags);
        held.SetResult("late"u8.ToArray());
        Assert.Equal([1, .. "late"u8], (await peer.ReadAsync(FrameType.Message)).Body);
        Assert.Equal(StatusCode.Unavailable, (await peer.ReadCloseAsync()).Code);
        await stopping.WaitAsync(RawPeer.Patience);
    }

    [Fact]
    public async Task A_connection_without_calls_is_closed_after_the_idle_timeout()
    {
        await using var server = await RawServer.StartAsync(new ConnectionLimits { IdleTimeout = TimeSpan.FromMinutes(1), KeepAliveInterval = null }, time);
        var peer = await server.ConnectWithEchoAsync();

        // It is looked at every half minute; the call was seen at the first look.
        await LooksBeginAsync();
        time.Advance(TimeSpan.FromSeconds(90));
        var (code, reason) = await peer.ReadCloseAsync();
        Assert.Equal(StatusCode.Ok, code);
        Assert.Contains("IdleTimeout", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_is_told_which_of_its_calls_came_before_the_idle_timeout()
    {
        await using var server = await RawServer.StartAsync(new ConnectionLimits { IdleTimeout = TimeSpan.FromMinutes(1), KeepAliveInterval = null }, time);
        var peer = await server.ConnectWithEchoAsync();
        await LooksBeginAsync();
        time.Advance(TimeSpan.FromSeconds(90));

        var goingAway = await peer.ReadAsync();

        Assert.Equal(FrameType.GoingAway, goingAway.Type);
        Assert.Equal([1, (ulong)StatusCode.Ok], goingAway.Numbers(2));
        await peer.ReadCloseAsync();
    }

    [Fact]
    public async Task A_call_that_crosses_the_peer_s_idle_timeout_is_made_over_the_next_connection()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.GoingAway(0, "nobody calls", StatusCode.Ok), FrameBytes.Close(StatusCode.Ok, "nobody calls"));
        await peer.CompleteAsync();

        var next = await client.Transport.AcceptAsync();
        await next.HandshakeAsync();
        await next.ReadAsync(FrameType.Call);
        await next.SendAsync(FrameBytes.Message(1, "there"u8, FrameFlags.End));
        Assert.Equal("there"u8.ToArray(), await reply.WaitAsync(RawPeer.Patience));
    }

    [Fact]
    public async Task A_channel_whose_peer_leaves_because_nobody_calls_makes_no_other_connection()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        await peer.SendAsync(FrameBytes.GoingAway(0, "nobody calls", StatusCode.Ok));
        await peer.ReadCloseAsync();

        await client.Channel.WaitForStateAsync(ChannelState.Idle).WaitAsync(RawPeer.Patience);
    }

    [Fact]
    public async Task Calls_that_are_short_keep_a_connection_from_being_idle()
    {
        await using var server = await RawServer.StartAsync(new ConnectionLimits { IdleTimeout = TimeSpan.FromMinutes(1), KeepAliveInterval = null }, time);
        var peer = await server.ConnectWithEchoAsync();
        for (ulong id = 3; id < 30; id += 2)
        {
            time.Advance(TimeSpan.FromSeconds(20));
            await RawServer.EchoAsync(peer, id);
        }
    }

    [Fact]
    public async Task A_link_of_many_lanes_whose_peer_has_ended_still_carries_the_last_words()
    {
        await using var server = await RawServer.StartAsync();
        var (mine, theirs) = InProcessConnection.CreatePair("raw:test");
        server.Transport.Connect(new PromptConnection(theirs));
        var peer = new RawPeer(mine.FirstLane);
        await peer.HandshakeAsync();

        await peer.CompleteAsync();

        Assert.Equal(StatusCode.Unavailable, (await peer.ReadCloseAsync()).Code);
        await mine.DisposeAsync();
    }

    [Fact]
    public async Task A_close_by_the_peer_ends_calls_with_its_reason()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Close(StatusCode.ResourceExhausted, "full house"));
        await peer.CompleteAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => reply.WaitAsync(RawPeer.Patience));
        Assert.Contains("full house", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_close_that_the_end_of_the_lane_does_not_follow_ends_the_connection_after_a_second()
    {
        await using var client = RawClient.Create(new ConnectionLimits { KeepAliveInterval = null }, time);
        var peer = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Close(StatusCode.Unavailable, "the lights go out"));
        await EventuallyAsync(() => time.PendingTimers > 0);
        time.Advance(TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<RpcException>(() => reply.WaitAsync(RawPeer.Patience));
        Assert.Contains("the lights go out", failure.Status.Text, StringComparison.Ordinal);
        await client.ConnectAsync();
    }

    [Fact]
    public async Task A_call_that_comes_while_this_side_closes_the_link_is_made_over_the_next()
    {
        await using var client = RawClient.Create(new ConnectionLimits { IdleTimeout = TimeSpan.FromMinutes(1), KeepAliveInterval = null }, time);
        var peer = await client.ConnectAsync();
        await LooksBeginAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await peer.ReadAsync(FrameType.Close);
        var reply = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        Assert.Null(await peer.TryReadAsync());
        await peer.CompleteAsync();

        var next = await client.Transport.AcceptAsync();
        await next.HandshakeAsync();
        await next.ReadAsync(FrameType.Call);
        await next.SendAsync(FrameBytes.Message(1, "there"u8, FrameFlags.End));
        Assert.Equal("there"u8.ToArray(), await reply.WaitAsync(RawPeer.Patience));
    }

    /// <summary>Waits until no handshake is under way any more, whose time would run out, and the looks after idle connections have begun.</summary>
    private Task LooksBeginAsync() => Waiting.EventuallyAsync(() => time.UntilNextTimer > new ConnectionLimits().HandshakeTimeout);

    /// <summary>A link whose wait for another lane ends in the very moment in which it is given up.</summary>
    private sealed class PromptConnection(TransportConnection inner) : TransportConnection
    {
        public override string RemoteAddress => inner.RemoteAddress;

        public override string LocalAddress => inner.LocalAddress;

        public override string RemoteHost => inner.RemoteHost;

        public override Lane FirstLane => inner.FirstLane;

        public override bool HasManyLanes => true;

        public override async ValueTask<Lane?> AcceptLaneAsync(CancellationToken cancellationToken)
        {
            var givenUp = new TaskCompletionSource<Lane?>();
            await using var registration = cancellationToken.Register(() => givenUp.SetCanceled(cancellationToken));
            return await givenUp.Task.ConfigureAwait(false);
        }

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
