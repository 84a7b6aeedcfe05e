using System.Collections.Concurrent;
using System.Net.Sockets;
using Hawser.Testing;

namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>Servers that take a link and never answer on it as HTTP/2 does: that is a failed attempt to connect, with all that follows from one.</summary>
public sealed class NoAnswerTests : GrpcClientTest
{
    private const int PrefaceSize = 24;

    private static readonly byte[] SettingsAndGoAway = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    private readonly ManualTimeProvider clock = new();
    private readonly ConcurrentQueue<ConnectionEnd> ends = new();
    private int links;

    [Theory(Timeout = Hang)]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", 0, "HTTP/2")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", PrefaceSize, "HTTP/2")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0002F", PrefaceSize, "grpcs://")]
    public async Task A_call_that_waits_for_a_server_of_another_protocol_tries_again_after_the_delay(string greeting, int heard, string hint)
    {
        await using var peer = new FramePeer(async (peer, link, _) =>
        {
            Interlocked.Increment(ref links);
            await link.ReadExactlyAsync(new byte[heard], peer.Stopping);
            await link.WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting), peer.Stopping);
            await ReadToEndAsync(peer, link);
        });
        await using var channel = Connect(peer);

        var call = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { WaitForReady = true }));
        for (var attempts = 1; attempts <= 4; attempts++)
        {
            await EventuallyAsync(() => Volatile.Read(ref links) == attempts && ends.Count == attempts && clock.UntilNextTimer == Delay);
            Assert.Equal(ChannelState.BackingOff, channel.State);
            clock.Advance(Delay);
        }

        Assert.All(ends, end =>
        {
            Assert.Equal(Delay, end.Delay);
            Assert.Contains(hint, end.Reason.Text, StringComparison.Ordinal);
        });
        await channel.DisposeAsync();
        await call;
    }

    [Fact(Timeout = Hang)]
    public async Task A_link_that_ends_before_the_server_has_answered_is_a_failed_attempt()
    {
        await using var peer = new FramePeer(async (peer, link, _) =>
        {
            Interlocked.Increment(ref links);
            await link.ReadExactlyAsync(new byte[PrefaceSize], peer.Stopping);
        });
        await using var channel = Connect(peer);

        // The second is told the same, and nobody knocks again for it.
        for (var i = 0; i < 2; i++)
        {
            AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable, "before the server had answered", "was not run");
            Assert.Equal(ChannelState.BackingOff, channel.State);
        }

        Assert.Equal(1, Volatile.Read(ref links));
        Assert.Equal(Delay, Assert.Single(ends).Delay);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_takes_a_link_and_says_nothing_is_a_failed_attempt()
    {
        await using var peer = new FramePeer(ReadToEndAsync);
        await using var channel = Connect(peer);

        var call = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await RepeatUntilAsync(() => clock.Advance(TimeSpan.FromSeconds(1)), () => call.IsCompleted);

        AssertSays(await call, StatusCode.Unavailable, "did not answer within 10 s (ConnectionLimits.HandshakeTimeout)", "was not run");
        Assert.Equal(ChannelState.BackingOff, channel.State);
        Assert.Equal(Delay, Assert.Single(ends).Delay);
    }

    [Fact(Timeout = Hang)]
    public async Task A_further_link_on_which_the_server_says_nothing_holds_its_calls_no_longer_than_the_first_would()
    {
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = new FramePeer(async (peer, link, number) =>
        {
            if (number == 0)
            {
                await peer.GreetAsync(link, maxStreams: 1);
                await peer.ReadRequestAsync(link);
                isCalled.SetResult();
            }

            Interlocked.Increment(ref links);
            await ReadToEndAsync(peer, link);
        });
        await using var channel = Connect(peer, maxConnections: 2);
        var first = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await isCalled.Task;

        var second = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await EventuallyAsync(() => Volatile.Read(ref links) == 2);
        await RepeatUntilAsync(() => clock.Advance(TimeSpan.FromSeconds(1)), () => second.IsCompleted);

        AssertSays(await second, StatusCode.Unavailable, "did not answer within 10 s");
        Assert.False(first.IsCompleted);
        Assert.Equal(ChannelState.Ready, channel.State);
        await channel.DisposeAsync();
        await first;
    }

    [Fact(Timeout = Hang)]
    public async Task A_reset_before_the_server_has_answered_is_followed_by_another_link()
    {
        await using var peer = new FramePeer(async (peer, link, number) =>
        {
            if (number == 0)
                await link.ReadExactlyAsync(new byte[PrefaceSize], peer.Stopping);
            else
                await peer.GreetAsync(link);
            Interlocked.Increment(ref links);
            await ReadToEndAsync(peer, link);
        });
        await using var channel = Connect(peer);
        var opening = channel.OpenAsync().AsTask();
        await EventuallyAsync(() => Volatile.Read(ref links) == 1);

        channel.Reset();

        Assert.False((await opening).Closed.IsCancellationRequested);
        Assert.Equal(ChannelState.Ready, channel.State);
        Assert.Equal(TimeSpan.Zero, Assert.Single(ends).Delay);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_goes_away_in_its_first_words_is_no_stranger_and_another_may_be_met_at_once()
    {
        await using var peer = new FramePeer(async (peer, link, number) =>
        {
            if (number == 0)
            {
                await link.ReadExactlyAsync(new byte[PrefaceSize], peer.Stopping);
                await link.WriteAsync(SettingsAndGoAway, peer.Stopping);
            }
            else
            {
                await peer.GreetAsync(link);
                await peer.AnswerAsync(link, await peer.ReadRequestAsync(link), Hello);
            }

            await ReadToEndAsync(peer, link);
        });
        await using var channel = Connect(peer);

        // Whether it is this call that is made on the next link, or the next, is HTTP's to say.
        await Record.ExceptionAsync(async () => await channel.OpenAsync());
        await EventuallyAsync(() => ends.Count == 1);
        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, Hello));

        Assert.Contains("going away", Assert.Single(ends).Reason.Text, StringComparison.Ordinal);
        Assert.Equal(ChannelState.Ready, channel.State);
    }

    private static async Task ReadToEndAsync(FramePeer peer, NetworkStream link, int number = 0)
    {
        while (await link.ReadAsync(new byte[1000], peer.Stopping) > 0)
            continue;
    }

    private HawserChannel Connect(FramePeer peer, int maxConnections = 1) => HawserChannel.Connect(peer.Address, new HawserChannelOptions
    {
        TimeProvider = clock,
        Wires = [new GrpcWire { Client = new GrpcClientOptions { MaxConnections = maxConnections } }],
        Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false },
        ConnectionClosed = ends.Enqueue,
    });
}
