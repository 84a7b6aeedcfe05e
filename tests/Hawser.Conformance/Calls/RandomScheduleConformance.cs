namespace Hawser.Conformance.Calls;

/// <summary>Random mixes of calls of every kind and size, with cancels and failing handlers, over one connection with small windows. Each result is checked.</summary>
public abstract class RandomScheduleConformance(WireUnderTest wire) : CallConformance(wire)
{
    private const int Callers = 12;
    private const int CallsEach = 25;

    private static readonly ConnectionLimits Limits = new() { CallWindow = 64 * 1024, ConnectionWindow = 256 * 1024, MaxCallsInFlight = 10 };

    /// <summary>The same in every run, so that a failure comes again; <c>HAWSER_SCHEDULE_SEED</c> sets another, for runs that look elsewhere.</summary>
    public static TheoryData<int> Seeds => [1, 2, int.TryParse(Environment.GetEnvironmentVariable("HAWSER_SCHEDULE_SEED"), out var seed) ? seed : 20261120];

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Seeds))]
    public async Task Every_call_ends_as_it_should(int seed)
    {
        await using var peers = await StartAsync(PeerSettings.With(Limits));
        MapAll(peers.Server);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(HashCode.Combine(seed, caller));
            for (var i = 0; i < CallsEach; i++)
                await CallAsync(peers.Channel, random);
        })));

        // HTTP/2 servers count streams that their clients have given up a moment longer than these do, and may then want another connection.
        if (Wire.HasOwnFlowControl)
            Assert.Single(peers.ChannelTransport.Links);
        await EventuallyAsync(() => peers.Server.Connections.All(connection => connection.GetStatistics().CallsInFlight == 0));
    }

    private static void MapAll(HawserServer server)
    {
        server.Map("Test/Echo", (byte[] message) => message);
        server.Map("Test/EchoAll", (IAsyncEnumerable<byte[]> messages) => messages);
        server.Map("Test/Exchange", (Stream octets) => octets);
        server.Map("Test/Ignore", (Stream octets) => "ignored");
        server.Map("Test/Fail", void (byte[] message) => throw new RpcException(StatusCode.Aborted, $"{message.Length}"));
        server.Map("Test/FailReading", async Task (Stream octets) =>
        {
            _ = await octets.ReadAtLeastAsync(new byte[1000], 1000, throwOnEndOfStream: false);
            throw new RpcException(StatusCode.DataLoss, "torn");
        });
        server.Map("Test/Hang", async (CancellationToken cancellationToken) => await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
    }

    private static Task CallAsync(HawserChannel channel, Random random) => random.Next(9) switch
    {
        0 or 1 => EchoAsync(channel, random),
        2 => EchoAllAsync(channel, random),
        3 => ExchangeAsync(channel, random),
        4 => IgnoreAsync(channel, random),
        5 => FailAsync(channel, random),
        6 => FailReadingAsync(channel, random),
        7 => CancelUnaryAsync(channel, random),
        _ => LeaveExchangeAsync(channel, random),
    };

    private static int Size(Random random) => random.Next(random.Next(3) switch { 0 => 100, 1 => 10_000, _ => 300_000 });

    private static async Task EchoAsync(HawserChannel channel, Random random)
    {
        var message = Pattern.Bytes(Size(random), random.Next());
        var echoed = await channel.CallAsync<byte[], byte[]>("Test/Echo", message);
        Assert.True(message.AsSpan().SequenceEqual(echoed));
    }

    private static async Task EchoAllAsync(HawserChannel channel, Random random)
    {
        var messages = Enumerable.Range(0, random.Next(30)).Select(_ => Pattern.Bytes(Size(random), random.Next())).ToArray();
        var echoed = await Streams.ToListAsync(channel.StreamAsync<byte[], byte[]>("Test/EchoAll", Streams.Of(messages)));
        Assert.Equal(messages, echoed);
    }

    private static async Task ExchangeAsync(HawserChannel channel, Random random)
    {
        var (size, seed) = (Size(random), random.Next());
        await using var reply = await channel.ExchangeAsync("Test/Exchange", new PatternStream(size, seed));
        Assert.Equal(size, await Pattern.ReadAsync(reply.AsStream(), seed));
    }

    private static async Task IgnoreAsync(HawserChannel channel, Random random)
    {
        var source = new PatternStream(Size(random));
        Assert.Equal("ignored", await channel.UploadAsync<string>("Test/Ignore", source));
        await source.Disposed;
    }

    private static async Task FailAsync(HawserChannel channel, Random random)
    {
        var size = Size(random);
        var failure = await FailureOfAsync(channel.CallAsync<byte[], Empty>("Test/Fail", new byte[size]));
        Assert.Equal((StatusCode.Aborted, $"{size}"), (failure.Code, failure.Status.Text));
    }

    private static async Task FailReadingAsync(HawserChannel channel, Random random)
    {
        var failure = await FailureOfAsync(channel.UploadAsync<Empty>("Test/FailReading", new PatternStream(Size(random))));
        Assert.Equal(StatusCode.DataLoss, failure.Code);
    }

    private static async Task CancelUnaryAsync(HawserChannel channel, Random random)
    {
        using var cancellation = new CancellationTokenSource();
        var call = channel.CallAsync<Empty>("Test/Hang", cancellation.Token).AsTask();
        for (var yields = random.Next(20); yields > 0; yields--)
            await Task.Yield();
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancellation.Token, failure.CancellationToken);
    }

    private static async Task LeaveExchangeAsync(HawserChannel channel, Random random)
    {
        var source = new PatternStream(long.MaxValue);
        await using (var reply = await channel.ExchangeAsync("Test/Exchange", source))
            await reply.AsStream().ReadExactlyAsync(new byte[random.Next(100_000)]);
        await source.Disposed;
    }
}
