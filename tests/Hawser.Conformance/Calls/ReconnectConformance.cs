using System.Collections.Concurrent;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Connections come and go, in every way that there is: each call obeys its promise, and the channel goes on.</summary>
public abstract class ReconnectConformance(WireUnderTest wire) : IAsyncDisposable
{
    private readonly HawserServer _server = new(new HawserServerOptions { Wires = wire.Wires });
    private readonly SimulatedNetwork _network = new(seed: 11);
    private readonly List<HawserChannel> _channels = [];
    private readonly RunLedger _ledger = new();
    private string _address = "";

    [Fact(Timeout = Hang)]
    public async Task Sixty_four_channels_that_reconnect_all_the_time_keep_what_they_promise()
    {
        await ListenAsync();
        var channels = Enumerable.Range(0, 64).Select(_ => Connect()).ToArray();

        await Task.WhenAll(channels.Select((channel, index) => Task.Run(() => CallAndResetAsync(channel, rounds: 8 + (index % 5)))));

        _ledger.AssertKept();
        Assert.InRange(_ledger.Answered, 64, int.MaxValue);
        Assert.InRange(_network.LinksTried, 64 * 8, int.MaxValue);
    }

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Chaos_of_links_that_fail_in_runs_ends_calls_as_promised_and_streams_without_a_gap(int seed)
    {
        await ListenAsync();
        var random = new Random(seed);
        var channels = Enumerable.Range(0, 4).Select(_ => Connect()).ToArray();

        for (var round = 0; round < 25; round++)
        {
            // Anywhere in what the links carry: in a hello, in a frame, between two.
            _network.CutAfter(random.Next(1, 3_000), (LinkDirection)random.Next(2));
            _network.RefuseNext(random.Next(4));
            await Task.WhenAll(channels.SelectMany(channel => Enumerable.Range(0, 4).Select(_ => _ledger.CallAsync(channel)).Append(StreamAsync(channel))));
        }

        _ledger.AssertKept();
        Assert.InRange(_ledger.Answered, 1, int.MaxValue);
        Assert.InRange(_network.LinksTried, channels.Length + 1, int.MaxValue);
    }

    [Fact(Timeout = Hang)]
    public async Task The_server_closes_then_the_client_resets_then_closes_for_good_each_callback_exactly_once()
    {
        Assert.SkipUnless(wire.ReconnectsByItself, "Over gRPC a channel connects for calls only; Hawser.Grpc.Tests has the same with calls.");
        var events = new ConcurrentQueue<string>();
        var finished = new Signal();
        HawserChannel? channel = null;
        var opened = 0;
        var clock = new ManualTimeProvider();
        await ListenAsync();
        channel = Connect(new HawserChannelOptions
        {
            TimeProvider = clock,
            Limits = new ConnectionLimits { KeepAliveInterval = null },
            Transport = wire.Transport.ClientOptions,
            Wires = wire.Wires,
            ConnectionOpened = async (_, _) =>
            {
                events.Enqueue("opened");
                switch (++opened)
                {
                    case 2:
                        channel!.Reset();
                        break;
                    case 3:
                        await channel!.DisposeAsync();
                        break;
                }
            },
            ConnectionClosed = end =>
            {
                events.Enqueue("closed");
                end.Delay = TimeSpan.FromSeconds(7);
            },
            Closed = () =>
            {
                events.Enqueue("finished");
                finished.Fire();
            },
        });
        await channel.OpenAsync();
        await EventuallyAsync(() => _server.Connections.Count == 1);

        await _server.Connections.Single().CloseAsync(new Status(StatusCode.Unavailable, "once"));
        for (var attempt = 2; attempt <= 3; attempt++)
        {
            await EventuallyAsync(() => channel.State == ChannelState.BackingOff && clock.UntilNextTimer == TimeSpan.FromSeconds(7));
            clock.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromTicks(1));
            Assert.Equal(attempt - 1, opened);
            clock.Advance(TimeSpan.FromTicks(1));
            await EventuallyAsync(() => events.Count(static one => one == "closed") == attempt);
        }

        await finished.Fired;
        Assert.Equal(["opened", "closed", "opened", "closed", "opened", "closed", "finished"], events);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_channels.Select(static channel => channel.DisposeAsync().AsTask()));
        await _server.DisposeAsync();
        await _network.DisposeAsync();
        wire.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task StreamAsync(HawserChannel channel)
    {
        var next = 0;
        try
        {
            await foreach (var number in channel.StreamAsync<int>("Test/Count", new CallOptions { WaitForReady = true }))
                Assert.Equal(next++, number);
            Assert.Equal(100, next);
        }
        catch (RpcException exception)
        {
            Assert.Equal(StatusCode.Unavailable, exception.Code);
        }
    }

    private async Task ListenAsync()
    {
        wire.Transport.SkipWhereMissing();
        _ledger.MapTo(_server);
        _server.Map("Test/Count", static () => Streams.CountAsync(100));
        _address = (await _server.ListenAsync(wire.OwnAddress, wire.Transport.ServerOptions)).OriginalString;
    }

    private HawserChannel Connect(HawserChannelOptions? options = null)
    {
        var channel = HawserChannel.Connect(_address, options ?? new HawserChannelOptions
        {
            Transport = wire.Transport.ClientOptions,
            Transports = _network.Transports,
            Wires = wire.Wires,
            Reconnect = new ReconnectOptions { Backoff = static _ => TimeSpan.Zero, WatchesNetwork = false },
        });
        _channels.Add(channel);
        return channel;
    }

    private async Task CallAndResetAsync(HawserChannel channel, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            // A call before the reset, one amid it, and at the end one that finds the new connection.
            await _ledger.CallAsync(channel);
            var amid = _ledger.CallAsync(channel);
            channel.Reset();
            await amid;
        }

        await _ledger.CallAsync(channel);
    }
}
