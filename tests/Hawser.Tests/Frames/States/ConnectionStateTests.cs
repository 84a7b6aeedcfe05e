using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.States;

/// <summary>Edges of the connection's state machine in <c>docs/states.md</c> that no other test takes.</summary>
public sealed class ConnectionStateTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public async Task A_peer_that_goes_away_gets_no_new_calls_and_ends_those_above_its_last_as_not_run()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 100));
        var first = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        var second = client.Channel.CallAsync<byte[], byte[]>("A/B", [2]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.GoingAway(1, "moving house"));
        var failure = await Assert.ThrowsAsync<RpcException>(() => second.WaitAsync(RawPeer.Patience));
        Assert.True(failure.NotRun);
        Assert.Contains("moving house", failure.Status.Text, StringComparison.Ordinal);
        await peer.SendAsync(FrameBytes.Message(1, "done"u8, FrameFlags.End));
        Assert.Equal("done"u8.ToArray(), await first.WaitAsync(RawPeer.Patience));

        // The next call goes over a new connection.
        var third = client.Channel.CallAsync<byte[], byte[]>("A/B", [3]).AsTask();
        var next = await client.Transport.AcceptAsync();
        await next.HandshakeAsync();
        await next.ReadAsync(FrameType.Call);
        await next.SendAsync(FrameBytes.Message(1, "there"u8, FrameFlags.End));
        Assert.Equal("there"u8.ToArray(), await third.WaitAsync(RawPeer.Patience));
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
        time.Advance(TimeSpan.FromSeconds(90));
        var (code, reason) = await peer.ReadCloseAsync();
        Assert.Equal(StatusCode.Ok, code);
        Assert.Contains("IdleTimeout", reason, StringComparison.Ordinal);
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
}
