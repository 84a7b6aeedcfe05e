using System.Buffers;
using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Violations;

/// <summary>A server breaks the protocol: the call ends, and the channel connects again for the next.</summary>
public sealed class ClientViolationTests
{
    private static readonly Method Unary = new("Test/Unary");
    private static readonly Method Stream = new("Test/Stream", Body.Empty, Body.Stream);
    private static readonly Method Download = new("Test/Download", Body.Empty, Body.Octets);

    [Fact]
    public Task A_second_reply_to_a_unary_call_is_a_violation() =>
        UnaryEndsAsync("more than one reply", FrameBytes.Message(1, "ab"u8), FrameBytes.Message(1, "cd"u8, FrameFlags.End));

    [Fact]
    public Task Half_a_reply_with_a_finish_is_a_violation() =>
        UnaryEndsAsync("half of its reply", FrameBytes.Message(1, "ab"u8, FrameFlags.More), FrameBytes.Finish(1));

    [Fact]
    public Task Half_a_reply_that_ends_is_a_violation() =>
        UnaryEndsAsync("half of a message", FrameBytes.Message(1, "ab"u8, FrameFlags.More | FrameFlags.End));

    [Fact]
    public Task Half_a_streamed_message_with_a_finish_is_a_violation() =>
        StreamEndsAsync(Stream, "half of a message", FrameBytes.Message(1, "ab"u8, FrameFlags.More), FrameBytes.Finish(1));

    [Fact]
    public Task A_message_with_its_end_where_only_octets_may_come_is_a_violation() => StreamEndsAsync(Download, "octets only", FrameBytes.Message(1, "ab"u8, FrameFlags.End));

    [Fact]
    public Task Octets_for_a_unary_call_are_a_violation() => UnaryEndsAsync("octets on call 1", FrameBytes.Octets(1, "ab"u8));

    [Fact]
    public Task A_reply_to_a_call_that_was_never_made_is_a_violation() => UnaryEndsAsync("never started", FrameBytes.Message(3, "ab"u8, FrameFlags.End));

    [Fact]
    public Task An_end_by_the_side_that_serves_is_a_violation() => UnaryEndsAsync("the side that serves", FrameBytes.End(1));

    [Fact]
    public Task A_finish_of_a_call_that_was_never_made_is_a_violation() => UnaryEndsAsync("never started", FrameBytes.Finish(3));

    [Fact]
    public Task A_call_by_the_server_with_an_odd_id_is_a_violation() => UnaryEndsAsync("started call 1", FrameBytes.Route(1, "A/B"), FrameBytes.Call(1, 1, "x"u8));

    [Fact]
    public Task Trailers_beyond_the_limit_are_a_violation() =>
        UnaryEndsAsync("ConnectionLimits.MaxMetadataSize", FrameBytes.Finish(1, StatusCode.Internal, new string('x', 20_000)));

    [Fact]
    public Task A_call_window_that_overflows_is_a_violation() => StreamEndsAsync(Stream, "more credit", FrameBytes.Credit(1, (1UL << 62) - 1));

    [Fact]
    public Task A_message_where_only_octets_may_come_is_a_violation() => StreamEndsAsync(Download, "octets only", FrameBytes.Message(1, "ab"u8));

    [Fact]
    public Task More_than_the_calls_window_is_a_violation() => StreamEndsAsync(
        Download,
        "ConnectionLimits.CallWindow",
        new ConnectionLimits { CallWindow = 64 * 1024 },
        FrameBytes.Octets(1, new byte[70_000]));

    [Fact]
    public async Task A_cut_within_a_frame_is_told_from_an_end()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>("Test/Unary", [1]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Message(1, "a reply that is cut"u8, FrameFlags.End)[..8]);
        await peer.CompleteAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => reply);
        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.Contains("cut in the middle of a frame", failure.Status.Text, StringComparison.Ordinal);
        Assert.False(failure.NotRun);
    }

    [Fact]
    public async Task A_clean_end_of_the_lane_is_no_end_of_a_call()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        await using var call = await client.Channel.StartAsync(Stream);
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Message(1, "one"u8));
        await peer.CompleteAsync();
        while (await call.ReadAsync())
            Assert.Equal("one"u8, call.Message.ToArray());
        Assert.Equal(StatusCode.Unavailable, call.Status?.Code);
    }

    [Fact]
    public async Task Octets_with_their_end_that_are_cut_end_the_call_all_the_same()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        await using var call = await client.Channel.StartAsync(Download);
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Octets(1, new byte[100], FrameFlags.End)[..20]);
        await peer.CompleteAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (true)
            {
                var read = await call.ResponseOctets.ReadAsync().AsTask().WaitAsync(RawPeer.Patience);
                call.ResponseOctets.AdvanceTo(read.Buffer.End);
                Assert.False(read.IsCompleted);
            }
        });
        Assert.Equal(StatusCode.Unavailable, failure.Code);
    }

    [Fact]
    public async Task An_end_with_the_last_octets_says_that_the_call_is_ok()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        await using var call = await client.Channel.StartAsync(Download);
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Octets(1, "all of it"u8, FrameFlags.End));
        var read = await call.ResponseOctets.ReadAtLeastAsync(100);
        Assert.True(read.IsCompleted);
        Assert.Equal("all of it"u8, read.Buffer.ToArray());
        Assert.True(call.Status?.IsOk);
    }

    private static async Task UnaryEndsAsync(string reason, params byte[][] frames)
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>(Unary.FullName, [1]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await EndsAsync(client, peer, reply, reason, frames);
    }

    private static Task StreamEndsAsync(Method method, string reason, params byte[][] frames) => StreamEndsAsync(method, reason, new ConnectionLimits(), frames);

    private static async Task StreamEndsAsync(Method method, string reason, ConnectionLimits limits, params byte[][] frames)
    {
        await using var client = RawClient.Create(limits);
        var peer = await client.ConnectAsync();
        await using var call = await client.Channel.StartAsync(method);
        await peer.ReadAsync(FrameType.Call);
        await EndsAsync(client, peer, call.ReadHeadersAsync().AsTask(), reason, frames);
    }

    private static async Task EndsAsync(RawClient client, RawPeer peer, Task ends, string reason, byte[][] frames)
    {
        var sending = peer.TrySendAsync(FrameBytes.Join(frames));
        var (code, text) = await peer.ReadCloseAsync();
        Assert.Equal(StatusCode.Internal, code);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        peer.Cut();
        await sending;
        var failure = await Assert.ThrowsAsync<RpcException>(() => ends.WaitAsync(RawPeer.Patience));
        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.False(failure.NotRun);

        // The channel goes on over a new connection.
        var next = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>("Test/Unary", [1]).AsTask();
        await next.ReadAsync(FrameType.Call);
        await next.SendAsync(FrameBytes.Message(1, "ok"u8, FrameFlags.End));
        Assert.Equal("ok"u8.ToArray(), await reply.WaitAsync(RawPeer.Patience));
    }
}
