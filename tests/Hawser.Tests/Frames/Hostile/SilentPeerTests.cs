using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Hostile;

/// <summary>Peers that say little or nothing, on a clock that the test moves.</summary>
public sealed class SilentPeerTests
{
    private readonly ManualTimeProvider time = new();

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_says_nothing_is_given_up_after_the_handshake_timeout_and_delays_nobody()
    {
        await using var server = await RawServer.StartAsync(time: time);
        var silent = server.Transport.Connect();
        await silent.ReadGreetingAsync();
        var bystander = await server.ConnectWithEchoAsync();
        time.Advance(TimeSpan.FromSeconds(9));
        await RawServer.EchoAsync(bystander, 3);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("handshake", (await silent.ReadCloseAsync()).Reason, StringComparison.Ordinal);
        await RawServer.EchoAsync(bystander, 5);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_says_one_byte_a_second_does_not_prolong_its_handshake()
    {
        await using var server = await RawServer.StartAsync(time: time);
        var slow = server.Transport.Connect();
        await slow.ReadGreetingAsync();
        var greeting = FrameBytes.Join(FrameBytes.Preface(), FrameBytes.Hello((1, 100_000), (2, 16_384), (3, 10)));
        for (var i = 0; i < 10; i++)
        {
            await slow.TrySendAsync([greeting[i]]);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("handshake", (await slow.ReadCloseAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_says_one_byte_a_second_of_a_call_is_served_in_the_end()
    {
        await using var server = await RawServer.StartAsync(time: time);
        var slow = await server.ConnectWithEchoAsync();
        foreach (var value in FrameBytes.Call(3, 1, "slowly"u8))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await slow.SendAsync([value]);
        }

        Assert.Equal([3, .. "slowly"u8], (await slow.ReadAsync(FrameType.Message)).Body);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_answers_no_ping_is_given_up()
    {
        await using var server = await RawServer.StartAsync(time: time);
        var deaf = await server.ConnectWithEchoAsync();
        await Waiting.EventuallyAsync(() => time.UntilNextTimer > new ConnectionLimits().HandshakeTimeout); // the server's looks have begun
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(FrameType.Ping, (await deaf.ReadAsync()).Type);
        time.Advance(TimeSpan.FromSeconds(40));
        await deaf.ReadToEndAsync();
        await server.ConnectWithEchoAsync();
    }

    [Fact(Timeout = Hang)]
    public async Task A_clock_that_jumps_by_hours_does_not_end_a_connection_that_answers()
    {
        var clock = new JumpingTimeProvider();
        await using var server = await RawServer.StartAsync(time: clock);
        var peer = await server.ConnectWithEchoAsync();
        await Waiting.EventuallyAsync(() => clock.UntilNextTimer > new ConnectionLimits().HandshakeTimeout); // the server's looks have begun
        for (ulong jump = 1; jump <= 5; jump++)
        {
            clock.Jump(TimeSpan.FromHours(7));
            var ping = await peer.ReadAsync(FrameType.Ping);
            await peer.SendAsync(FrameBytes.Frame(FrameType.Pong, ping.Body));
            await RawServer.EchoAsync(peer, 1 + (2 * jump));
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_clock_that_jumps_over_a_deadline_ends_the_call()
    {
        var clock = new JumpingTimeProvider();
        await using var server = await RawServer.StartAsync(time: clock);
        server.Server.Map("Test/Wait", async Task<byte[]> (byte[] message, CallContext call) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, call.CancellationToken);
            return message;
        });
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Wait"), FrameBytes.CallWithHeaders(1, 1, 5_000_000, FrameBytes.Metadata(), "x"u8), FrameBytes.Ping(1));
        await peer.ReadAsync(FrameType.Pong);
        clock.Jump(TimeSpan.FromHours(7));
        Assert.Equal([1, (ulong)StatusCode.DeadlineExceeded], (await peer.ReadAsync(FrameType.Finish)).Numbers(2));
    }
}
