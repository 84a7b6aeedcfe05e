using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Over a limit: a status that names the limit and its setting, at once; the connection stays usable.</summary>
public abstract class LimitsConformance(WireUnderTest wire) : CallConformance(wire)
{
    private const int Limit = 100_000;

    [Fact(Timeout = Hang)]
    public async Task A_request_of_the_limit_arrives_and_one_more_byte_does_not()
    {
        await using var peers = await StartAsync(new PeerSettings { ServerLimits = new ConnectionLimits { MaxMessageSize = Limit } });
        peers.Server.Map("Test/Length", (byte[] message) => message.Length);
        peers.Server.Map("Test/Lengths", async (IAsyncEnumerable<byte[]> messages) => (await Streams.ToListAsync(messages)).Sum(message => message.Length));

        Assert.Equal(Limit, await peers.Channel.CallAsync<byte[], int>("Test/Length", new byte[Limit]));
        AssertNames("MaxMessageSize", Limit, await FailureOfAsync(peers.Channel.CallAsync<byte[], int>("Test/Length", new byte[Limit + 1])));
        Assert.Equal(2 * Limit, await peers.Channel.CallAsync<byte[], int>("Test/Lengths", Streams.Of(new byte[Limit], new byte[Limit])));
        AssertNames("MaxMessageSize", Limit, await FailureOfAsync(peers.Channel.CallAsync<byte[], int>("Test/Lengths", Streams.Of(new byte[1], new byte[Limit + 1]))));
        Assert.Equal(5, await peers.Channel.CallAsync<byte[], int>("Test/Length", new byte[5]));
    }

    [Fact(Timeout = Hang)]
    public async Task A_reply_of_the_limit_arrives_and_one_more_byte_does_not()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelLimits = new ConnectionLimits { MaxMessageSize = Limit } });
        peers.Server.Map("Test/Make", (int length) => new byte[length]);
        peers.Server.Map("Test/MakeMany", (int length) => Streams.Of(new byte[1], new byte[length]));

        Assert.Equal(Limit, (await peers.Channel.CallAsync<int, byte[]>("Test/Make", Limit)).Length);
        AssertNames("MaxMessageSize", Limit, await FailureOfAsync(peers.Channel.CallAsync<int, byte[]>("Test/Make", Limit + 1)));
        Assert.Equal(2, (await Streams.ToListAsync(peers.Channel.StreamAsync<int, byte[]>("Test/MakeMany", Limit))).Count);
        AssertNames("MaxMessageSize", Limit, await FailureOfAsync(Streams.ToListAsync(peers.Channel.StreamAsync<int, byte[]>("Test/MakeMany", Limit + 1))));
        Assert.Equal(5, (await peers.Channel.CallAsync<int, byte[]>("Test/Make", 5)).Length);
    }

    [Fact(Timeout = Hang)]
    public async Task A_reply_over_the_limit_does_not_spoil_the_next()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelLimits = new ConnectionLimits { MaxMessageSize = Limit } });
        peers.Server.Map("Test/Make", (int length) => new byte[length]);

        for (var i = 0; i < 10; i++)
        {
            await FailureOfAsync(peers.Channel.CallAsync<int, byte[]>("Test/Make", Limit + 1));
            Assert.Equal(Limit, (await peers.Channel.CallAsync<int, byte[]>("Test/Make", Limit)).Length);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Metadata_over_the_limit_is_refused_before_it_is_sent()
    {
        await using var peers = await StartAsync(new PeerSettings { ServerLimits = new ConnectionLimits { MaxMetadataSize = 1000 } });
        peers.Server.Map("Test/Echo", (int number) => number);
        peers.Server.Map("Test/Upload", (Stream octets) => Pattern.ReadAsync(octets));
        var options = new CallOptions { Metadata = new Metadata().Add("large", new string('x', 1000)) };
        await peers.Channel.OpenAsync();

        AssertNames("MaxMetadataSize", 1000, await FailureOfAsync(peers.Channel.CallAsync<int, int>("Test/Echo", 1, options)));
        AssertNames("MaxMetadataSize", 1000, await FailureOfAsync(peers.Channel.UploadAsync<long>("Test/Upload", new PatternStream(10), options)));
        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Echo", 1));
    }

    [Fact(Timeout = Hang)]
    public async Task Headers_and_trailers_over_the_limit_fail_the_call_only()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelLimits = new ConnectionLimits { MaxMetadataSize = 1000 } });
        var large = new Metadata().Add("large", new string('x', 1000));
        peers.Server.Map("Test/Headers", async Task (CallContext call) => await call.WriteHeadersAsync(large));
        peers.Server.Map("Test/Trailers", void () => throw new RpcException(new Status(StatusCode.Aborted, "no"), large));
        peers.Server.Map("Test/Echo", (int number) => number);

        AssertNames("MaxMetadataSize", 1000, await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Headers")));
        var trailers = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Trailers"));
        if (Wire.HasOwnFlowControl || trailers.Code != StatusCode.Aborted)
            AssertNames("MaxMetadataSize", 1000, trailers);
        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Echo", 1));
        Assert.Single(peers.ChannelTransport.Links);
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_beyond_the_peer_s_limit_wait_for_their_turn_in_order()
    {
        await using var peers = await StartAsync(new PeerSettings { ServerLimits = new ConnectionLimits { MaxCallsInFlight = 1 } });
        var running = 0;
        var order = System.Threading.Channels.Channel.CreateUnbounded<int>();
        var release = new SemaphoreSlim(0);
        peers.Server.Map("Test/Run", async (int number) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            Assert.True(order.Writer.TryWrite(number));
            await release.WaitAsync();
            Interlocked.Decrement(ref running);
        });
        await peers.Channel.OpenAsync();

        var calls = Enumerable.Range(0, 20).Select(number => peers.Channel.CallAsync<int, Empty>("Test/Run", number).AsTask()).ToArray();
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(number, await order.Reader.ReadAsync());
            release.Release();
        }

        await Task.WhenAll(calls);
    }

    [Theory(Timeout = Hang)]
    [InlineData("unary")]
    [InlineData("upload")]
    public async Task A_call_that_is_cancelled_while_it_waits_leaves_its_turn_to_the_next(string kind)
    {
        await using var peers = await StartAsync(new PeerSettings { ServerLimits = new ConnectionLimits { MaxCallsInFlight = 1 } });
        var started = new Signal();
        var release = new Signal();
        peers.Server.Map("Test/Wait", async () =>
        {
            started.Fire();
            await release.Fired;
        });
        peers.Server.Map("Test/Echo", (int number) => number);
        peers.Server.Map("Test/Upload", (Stream octets) => Pattern.ReadAsync(octets));
        using var cancellation = new CancellationTokenSource();

        var first = peers.Channel.CallAsync<Empty>("Test/Wait").AsTask();
        await started.Fired;
        Task waiting = kind == "unary"
            ? peers.Channel.CallAsync<int, int>("Test/Echo", 1, cancellation.Token).AsTask()
            : peers.Channel.UploadAsync<long>("Test/Upload", new PatternStream(1), cancellation.Token).AsTask();
        var next = peers.Channel.CallAsync<int, int>("Test/Echo", 2).AsTask();
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        release.Fire();
        await first;

        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        Assert.Equal(2, await next);
        Assert.Equal(3, await peers.Channel.CallAsync<int, int>("Test/Echo", 3));
    }

    [Fact(Timeout = Hang)]
    public async Task Messages_that_are_still_arriving_are_bounded_together()
    {
        Assert.SkipUnless(Wire.HasOwnFlowControl, "HTTP/2 bounds them by the window of the connection.");
        var limits = new ConnectionLimits { MaxAssemblySize = 1024 * 1024, MaxMessageSize = 2 * 1024 * 1024 };
        await using var peers = await StartAsync(new PeerSettings { ServerLimits = limits });
        peers.Server.Map("Test/Length", (byte[] message) => message.Length);

        AssertNames("MaxAssemblySize", 1024 * 1024, await FailureOfAsync(peers.Channel.CallAsync<byte[], int>("Test/Length", new byte[1_500_000])));
        Assert.Equal(500_000, await peers.Channel.CallAsync<byte[], int>("Test/Length", new byte[500_000]));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_over_the_limit_is_told_why()
    {
        await using var peers = await StartAsync(new PeerSettings { MaxConnections = 1 });
        peers.Server.Map("Test/Echo", (int number) => number);
        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Echo", 1));
        var second = peers.ConnectAnother();

        var failure = await FailureOfAsync(second.CallAsync<int, int>("Test/Echo", 2));

        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.Contains("HawserServerOptions.MaxConnections", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(3, await peers.Channel.CallAsync<int, int>("Test/Echo", 3));
    }

    [Fact(Timeout = Hang)]
    public async Task A_place_is_free_again_when_its_connection_has_ended()
    {
        await using var peers = await StartAsync(new PeerSettings { MaxConnections = 1 });
        peers.Server.Map("Test/Echo", (int number) => number);
        var served = 0;
        while (served < 5)
        {
            await using var channel = peers.ConnectAnother();
            try
            {
                Assert.Equal(served, await channel.CallAsync<int, int>("Test/Echo", served));
                served++;
            }
            catch (RpcException failure)
            {
                // The place is free a moment after the client has gone.
                Assert.Contains("HawserServerOptions.MaxConnections", failure.Status.Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Connections_of_one_address_are_counted_where_there_are_addresses()
    {
        await using var peers = await StartAsync(new PeerSettings { MaxConnectionsPerAddress = 1 });
        peers.Server.Map("Test/Echo", (int number) => number);
        Assert.Equal(1, await peers.Channel.CallAsync<int, int>("Test/Echo", 1));
        var second = peers.ConnectAnother();

        if (!Wire.Transport.FreeAddress.Contains("127.0.0.1", StringComparison.Ordinal))
        {
            Assert.Equal(2, await second.CallAsync<int, int>("Test/Echo", 2));
            return;
        }

        var failure = await FailureOfAsync(second.CallAsync<int, int>("Test/Echo", 2));
        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.Contains("1 connections from 127.0.0.1 already (HawserServerOptions.MaxConnectionsPerAddress)", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Connections_above_the_accept_rate_wait_for_their_turn()
    {
        var time = new ManualTimeProvider();
        await using var peers = await StartAsync(new PeerSettings { ServerTime = time, MaxAcceptRate = 1, AcceptBurst = 2 });
        peers.Server.Map("Test/Echo", (int number) => number);
        var calls = Enumerable.Range(0, 4).Select(number => peers.ConnectAnother().CallAsync<int, int>("Test/Echo", number).AsTask()).ToArray();

        await EventuallyAsync(() => calls.Count(call => call.IsCompleted) == 2);
        Assert.Equal(2, peers.Server.Connections.Count);
        time.Advance(TimeSpan.FromSeconds(1));
        await EventuallyAsync(() => calls.Count(call => call.IsCompleted) == 3);
        Assert.Equal(3, peers.Server.Connections.Count);
        time.Advance(TimeSpan.FromSeconds(1));

        var answers = await Task.WhenAll(calls);
        Assert.Equal([0, 1, 2, 3], answers);
    }

    private static void AssertNames(string setting, int limit, RpcException failure)
    {
        Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
        Assert.Contains("ConnectionLimits." + setting, failure.Status.Text, StringComparison.Ordinal);
        Assert.Contains($"{limit}", failure.Status.Text, StringComparison.Ordinal);
    }
}
