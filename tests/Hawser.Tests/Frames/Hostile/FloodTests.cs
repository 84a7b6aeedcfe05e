using System.Runtime.CompilerServices;
using Hawser.Frames;
using Hawser.Tests.Frames.Raw;
using Hawser.Transports;

namespace Hawser.Tests.Frames.Hostile;

/// <summary>Peers that ask for more than they take.</summary>
public sealed class FloodTests
{
    private const int MaxInFlight = 100;

    /// <summary>What may wait for a peer that does not read; far below what the peer asks for.</summary>
    private const int MostUnsent = 4 * 1024 * 1024;

    private const int Asked = 64 * 1024 * 1024;

    /// <summary>How many another peer makes until what is not taken is taken for back-pressure.</summary>
    private const int RoundTrips = 20_000;

    [Fact]
    public Task A_peer_that_pings_and_never_reads_makes_nothing_grow() => NeverReadsAsync(static _ => FrameBytes.Ping(1));

    [Fact]
    public Task A_peer_that_asks_for_acknowledgement_and_never_reads_makes_nothing_grow()
    {
        var opened = false;
        return NeverReadsAsync(_ =>
        {
            var frames = opened ? FrameBytes.Ack(1, 0) : FrameBytes.Join(FrameBytes.Route(3, "Test/Upload", Body.Stream), FrameBytes.Open(1, 3), FrameBytes.Ack(1, 0));
            opened = true;
            return frames;
        });
    }

    [Fact]
    public async Task A_peer_that_asks_for_acknowledgement_on_a_lane_of_its_own_and_never_reads_makes_nothing_grow()
    {
        await using var server = new HawserServer(new HawserServerOptions { TimeProvider = new Hawser.Testing.ManualTimeProvider() });
        MapUpload(server);
        var address = await server.ListenAsync($"inproc:{Guid.NewGuid():N}");
        await using var link = await new InProcessTransport().ConnectAsync(address, new ClientTransportOptions(), CancellationToken.None);
        var first = new RawPeer(link.FirstLane);
        await first.HandshakeAsync();
        var lane = await link.OpenLaneAsync(CancellationToken.None);
        var deaf = new RawPeer(lane);
        await deaf.SendAsync(FrameBytes.Route(1, "Test/Upload", Body.Stream), FrameBytes.Open(1, 1), FrameBytes.Ack(1, 0));
        await deaf.ReadAsync(FrameType.Ack);
        var frames = Assert.Single(OwnLanes((FrameConnection)Assert.Single(server.Connections)));
        var batch = FrameBytes.Join(Enumerable.Repeat(FrameBytes.Ack(1, 0), 16_384));
        for (var sent = 0L; sent < Asked; sent += batch.Length)
        {
            // What is not taken any more is the back-pressure that this is about.
            if (!await IsTakenAsync(deaf.TrySendAsync(batch), first))
                break;
            Assert.InRange(frames.Output.UnsentSize, 0, MostUnsent);
        }

        Assert.InRange(frames.Output.UnsentSize, 0, MostUnsent);
        lane.Abort(0);
    }

    [Fact]
    public Task A_peer_that_calls_what_is_not_there_and_never_reads_makes_nothing_grow() => NeverReadsAsync(static id => FrameBytes.Call(id, 2, "x"u8));

    [Fact]
    public Task A_peer_that_calls_and_never_reads_makes_nothing_grow()
    {
        var message = new byte[4096];
        return NeverReadsAsync(id => FrameBytes.Call(id, 1, message));
    }

    [Fact]
    public async Task Calls_that_are_reset_at_once_start_at_most_twice_as_many_handlers_as_calls_may_be_in_flight()
    {
        await using var server = await RawServer.StartAsync(new ConnectionLimits { MaxCallsInFlight = MaxInFlight });
        var running = 0;
        var most = 0;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Server.Map("Test/Stubborn", async (byte[] message) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await release.Task;
            Interlocked.Decrement(ref running);
            return message;
        });
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Stubborn"));
        for (var round = 0; round < 20; round++)
        {
            var ids = Enumerable.Range(50 * round, 50).Select(static n => (ulong)((2 * n) + 1)).ToArray();
            await peer.SendAsync(FrameBytes.Join(ids.Select(static id => FrameBytes.Call(id, 1, "x"u8))), FrameBytes.Ping(1));
            await peer.ReadAsync(FrameType.Pong);
            await peer.SendAsync(FrameBytes.Join(ids.Select(static id => FrameBytes.Reset(id))));
        }

        await EventuallyAsync(() => Volatile.Read(ref most) > 0);
        release.SetResult();
        await EventuallyAsync(() => Volatile.Read(ref running) == 0);
        await EventuallyAsync(() => ((FrameConnection)server.Server.Connections.Single()).CallsInFlight == 0);
        Assert.InRange(most, 1, 2 * MaxInFlight);
    }

    [Fact]
    public async Task Two_hundred_thousand_calls_that_are_reset_leave_nothing_behind()
    {
        const int Rounds = 400;
        const int PerRound = 500;
        await using var server = await RawServer.StartAsync();
        var started = 0;
        var ended = 0;
        server.Server.Map("Test/Cancelled", async (byte[] message, CallContext call) =>
        {
            Interlocked.Increment(ref started);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
                return message;
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        });
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Cancelled"));
        var reading = peer.ReadAsync(FrameType.Pong);
        for (var round = 0; round < Rounds; round++)
        {
            var first = round * PerRound;
            await peer.SendAsync(FrameBytes.Join(Enumerable.Range(first, PerRound).Select(static n => FrameBytes.Call((ulong)((2 * n) + 1), 1, "x"u8))));
            await peer.SendAsync(FrameBytes.Join(Enumerable.Range(first, PerRound).Select(static n => FrameBytes.Reset((ulong)((2 * n) + 1)))));
        }

        await peer.SendAsync(FrameBytes.Ping(1));
        await reading;
        await EventuallyAsync(() => ((FrameConnection)server.Server.Connections.Single()).CallsInFlight == 0);
        await EventuallyAsync(() => Volatile.Read(ref started) == Volatile.Read(ref ended));
        Assert.InRange(started, 1, Rounds * PerRound);
        await peer.SendAsync(FrameBytes.Route(2, "Test/Echo"), FrameBytes.Call((2 * Rounds * PerRound) + 1, 2, "ahoy"u8));
        await peer.ReadAsync(FrameType.Message);
    }

    [Fact]
    public async Task A_peer_that_reads_late_is_served_in_full()
    {
        const int Calls = 1000;
        await using var server = await RawServer.StartAsync();
        var late = await server.ConnectWithEchoAsync();
        var message = new byte[4096];
        var sending = late.TrySendAsync(FrameBytes.Join(Enumerable.Range(1, Calls).Select(i => FrameBytes.Call((ulong)((2 * i) + 1), 1, message))));
        var answered = new HashSet<ulong>();
        while (answered.Count < Calls)
            Assert.True(answered.Add((await late.ReadAsync(FrameType.Message)).Numbers(1)[0]));
        Assert.True(await sending);
    }

    [Fact]
    public async Task A_flood_of_credit_is_answered_with_nothing_and_queues_nothing()
    {
        await using var server = await RawServer.StartAsync();
        var peer = await server.ConnectWithEchoAsync();
        var connection = (FrameConnection)Assert.Single(server.Server.Connections);
        var before = connection.GetStatistics();
        var flood = FrameBytes.Join(Enumerable.Repeat(FrameBytes.Credit(0, 1), 10_000));
        for (var i = 0; i < 20; i++)
            await peer.SendAsync(flood);
        await peer.SendAsync(FrameBytes.Ping(1));
        var answer = await peer.ReadAsync();

        Assert.Equal(FrameType.Pong, answer.Type);
        Assert.InRange(connection.GetStatistics().BytesReceived - before.BytesReceived, 20 * flood.Length, long.MaxValue);
        Assert.Equal(0, First(connection).Output.UnsentSize);
        await RawServer.EchoAsync(peer, 3);
    }

    private static async Task NeverReadsAsync(Func<ulong, byte[]> frame)
    {
        // Reading is parked in the end, so only a second of real time ends the connection.
        await using var server = await RawServer.StartAsync(time: TimeProvider.System);
        MapUpload(server.Server);
        var bystander = await server.ConnectWithEchoAsync();
        var deaf = await server.ConnectAsync();
        await deaf.SendAsync(FrameBytes.Ping(0));
        await deaf.ReadAsync(FrameType.Pong);
        var connection = server.Server.Connections.Cast<FrameConnection>().Single(static one => one.GetStatistics().CallsServed == 0);
        await deaf.SendAsync(FrameBytes.Route(1, "Test/Echo"), FrameBytes.Route(2, "No/Such"));
        ulong id = 1;
        for (long sent = 0; sent < Asked;)
        {
            var batch = FrameBytes.Join(Enumerable.Range(0, 1000).Select(_ => frame(id += 2)));
            sent += batch.Length;

            // What is not taken any more is the back-pressure that this is about.
            if (!await IsTakenAsync(deaf.TrySendAsync(batch), bystander))
                break;
            Assert.InRange(First(connection).Output.UnsentSize, 0, MostUnsent);
        }

        Assert.InRange(First(connection).Output.UnsentSize, 0, MostUnsent);
        await RawServer.EchoAsync(bystander, 3);
    }

    private static void MapUpload(HawserServer server) => server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
    {
        await foreach (var message in messages)
            _ = message.Length;
        return Array.Empty<byte>();
    });

    // A machine that stands still holds up the witness as well, so that only what the server does not want is left lying.
    private static async Task<bool> IsTakenAsync(Task<bool> sending, RawPeer witness)
    {
        for (var trip = 0; trip < RoundTrips && !sending.IsCompleted; trip++)
        {
            await witness.SendAsync(FrameBytes.Ping(1));
            await witness.ReadAsync(FrameType.Pong);
        }

        return sending.IsCompleted && await sending;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        var seen = Volatile.Read(ref most);
        while (value > seen)
        {
            var was = Interlocked.CompareExchange(ref most, value, seen);
            if (was == seen)
                return;
            seen = was;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "first")]
    private static extern ref FrameLane First(FrameConnection connection);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "ownLanes")]
    private static extern ref HashSet<FrameLane> OwnLanes(FrameConnection connection);
}
