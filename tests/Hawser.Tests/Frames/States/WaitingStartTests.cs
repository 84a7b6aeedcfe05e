using System.Text;
using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.States;

/// <summary>What stands behind a call that waits for room, when that call is given up.</summary>
public sealed class WaitingStartTests
{
    /// <summary>The peer of these tests grants 64 KiB: room for fifteen of these, the largest that leave in one piece.</summary>
    private static readonly byte[] Large = new byte[FrameLimits.MaxFreeMessage];

    private readonly CancellationTokenSource giveUp = new();

    [Fact(Timeout = Hang)]
    public async Task A_call_goes_ahead_when_the_notification_before_it_that_lacked_credit_is_given_up()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 10));
        var notifications = Enumerable.Range(0, 16).Select(_ => client.Channel.NotifyAsync("A/Tell", Large, new CallOptions { CancellationToken = giveUp.Token }).AsTask()).ToArray();
        var call = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        for (var i = 0; i < 15; i++)
            await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Ping(7));
        Assert.Equal(FrameType.Pong, (await peer.ReadAsync()).Type);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => notifications[^1]);
        var id = (await peer.ReadAsync(FrameType.Call)).Numbers(1)[0];
        await peer.SendAsync(FrameBytes.Message(id, "ok"u8, FrameFlags.End));
        Assert.Equal("ok"u8.ToArray(), await call);
    }

    [Fact(Timeout = Hang)]
    public async Task A_queued_push_leaves_when_the_call_before_it_is_given_up()
    {
        await using var server = await RawServer.StartAsync();
        var peer = await server.ConnectAsync((3, 1));
        await EventuallyAsync(() => server.Server.Connections.Count == 1);
        var connection = server.Server.Connections.Single();
        var running = connection.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        var waiting = connection.CallAsync<byte[], byte[]>("A/B", [2], giveUp.Token).AsTask();
        await connection.PushAsync("A/Tell", "news"u8.ToArray());
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Ping(7));
        Assert.Equal(FrameType.Pong, (await peer.ReadAsync()).Type);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Contains("A/Tell", Encoding.UTF8.GetString((await peer.ReadAsync(FrameType.Route)).Body), StringComparison.Ordinal);
        await peer.ReadAsync(FrameType.Call);
        Assert.False(running.IsCompleted);
    }
}
