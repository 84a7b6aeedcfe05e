using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Connections;

/// <summary>Pings that a program asks for.</summary>
public sealed class PingTests
{
    [Fact]
    public async Task Pings_are_answered_each_by_its_own_pong()
    {
        var time = new Hawser.Testing.ManualTimeProvider();
        await using var client = RawClient.Create(time: time);
        var peer = await client.ConnectAsync();
        var connection = await client.Channel.OpenAsync();
        var first = connection.PingAsync().AsTask();
        await peer.ReadAsync(FrameType.Ping);
        time.Advance(TimeSpan.FromMilliseconds(10));
        var second = connection.PingAsync().AsTask();
        await peer.ReadAsync(FrameType.Ping);
        time.Advance(TimeSpan.FromMilliseconds(20));
        await peer.SendAsync(FrameBytes.Pong(2), FrameBytes.Pong(1));
        Assert.Equal((30, 20), ((await first).TotalMilliseconds, (await second).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromMilliseconds(30), connection.GetStatistics().RoundTripTime);
    }

    [Fact]
    public async Task At_most_sixty_four_pings_of_the_program_are_under_way()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        var connection = await client.Channel.OpenAsync();
        var pings = Enumerable.Range(0, 65).Select(_ => connection.PingAsync().AsTask()).ToArray();
        for (var i = 0; i < 64; i++)
            await peer.ReadAsync(FrameType.Ping);
        await peer.SendAsync(FrameBytes.Pong(1));
        await pings[0];
        await peer.ReadAsync(FrameType.Ping);
        for (ulong number = 2; number <= 65; number++)
            await peer.SendAsync(FrameBytes.Pong(number));
        await Task.WhenAll(pings).WaitAsync(RawPeer.Patience);
    }

    [Fact]
    public async Task A_ping_that_is_given_up_makes_room_and_one_that_the_end_overtakes_fails()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        var connection = await client.Channel.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var givenUp = connection.PingAsync(cancellation.Token).AsTask();
        var lost = connection.PingAsync().AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        peer.Cut();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => lost)).Code);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await connection.PingAsync())).Code);
    }
}
