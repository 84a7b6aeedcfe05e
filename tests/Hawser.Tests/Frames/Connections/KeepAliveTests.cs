using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Connections;

/// <summary>Who asks whom for a sign of life, and when.</summary>
public sealed class KeepAliveTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public async Task A_server_asks_clients_that_came_at_different_times_at_the_same_moment()
    {
        await using var server = await RawServer.StartAsync(time: time);
        var first = await server.ConnectWithEchoAsync();
        time.Advance(TimeSpan.FromMilliseconds(100));
        var second = await server.ConnectWithEchoAsync();
        await LooksBeginAsync();

        time.Advance(TimeSpan.FromSeconds(15) - TimeSpan.FromMilliseconds(100));

        await first.ReadAsync(FrameType.Ping);
        await second.ReadAsync(FrameType.Ping);
    }

    [Fact]
    public async Task A_server_asks_a_silent_client_in_every_interval()
    {
        await using var server = await RawServer.StartAsync(time: time);
        var peer = await server.ConnectWithEchoAsync();
        await LooksBeginAsync();
        for (var interval = 1; interval <= 3; interval++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            var ping = await peer.ReadAsync(FrameType.Ping);
            await peer.SendAsync(FrameBytes.Frame(FrameType.Pong, ping.Body));
            await RawServer.EchoAsync(peer, 1 + (2 * (ulong)interval));
        }
    }

    [Fact]
    public async Task A_server_gives_up_a_client_that_died_within_the_timeout_and_one_and_a_half_intervals()
    {
        await using var server = await RawServer.StartAsync(time: time);
        var peer = await server.ConnectWithEchoAsync();
        await LooksBeginAsync();
        time.Advance(TimeSpan.FromSeconds(8));

        // Its last word; a look soon after finds it silent for too short a time to be asked.
        await RawServer.EchoAsync(peer, 3);
        time.Advance(TimeSpan.FromSeconds(22.5));
        await peer.ReadAsync(FrameType.Ping);
        time.Advance(TimeSpan.FromSeconds(20));

        await peer.ReadToEndAsync();
    }

    [Fact]
    public async Task A_client_asks_only_after_the_whole_interval()
    {
        await using var client = RawClient.Create(time: time);
        var peer = await client.ConnectAsync();
        var connection = await client.Channel.OpenAsync();
        time.Advance(TimeSpan.FromSeconds(15) - TimeSpan.FromTicks(1));

        var asked = connection.PingAsync().AsTask();
        Assert.Equal(FrameBytes.Frame(FrameType.Ping, (await peer.ReadAsync(FrameType.Ping)).Body), FrameBytes.Ping(1));
        await peer.SendAsync(FrameBytes.Pong(1));
        await asked;
    }

    /// <summary>Waits until the server has no handshake under way any more, whose time would run out, and its looks after the connections have begun.</summary>
    private Task LooksBeginAsync() => Waiting.EventuallyAsync(() => time.UntilNextTimer > new ConnectionLimits().HandshakeTimeout);
}
