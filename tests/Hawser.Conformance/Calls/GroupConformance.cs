using System.Collections.Concurrent;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>The server speaks to clients that it chooses: one, or the members of a group.</summary>
public abstract class GroupConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task A_notification_of_the_server_and_the_reply_both_arrive()
    {
        await using var peers = await StartAsync();
        var told = new TaskCompletionSource<string>();
        peers.Channel.Endpoints.MapOneWay("Client/Tell", (string text) => told.SetResult(text));
        peers.Server.Map("Test/Greet", async Task<string> (string name, CallContext call) =>
        {
            await call.Connection.NotifyAsync("Client/Tell", $"{name} is here");
            return $"Hello, {name}!";
        });

        Assert.Equal("Hello, Ada!", await peers.Channel.CallAsync<string, string>("Test/Greet", "Ada"));
        Assert.Equal("Ada is here", await told.Task);
    }

    [Fact(Timeout = Hang)]
    public async Task The_server_opens_a_stream_to_its_client_where_a_timer_fires_after_100_ms()
    {
        var time = new ManualTimeProvider();
        var limits = new ConnectionLimits { KeepAliveInterval = null };
        await using var peers = await StartAsync(new PeerSettings { ChannelTime = time, ChannelLimits = limits, ServerLimits = limits });
        var asked = new Signal();
        peers.Channel.Endpoints.Map("Client/Ticks", (IAsyncEnumerable<string> words, CallContext call) => TicksAsync(words, call.Connection, asked));
        var connection = await ConnectAsync(peers, peers.Channel);

        var ticks = Streams.ToListAsync(connection.StreamAsync<string, string>("Client/Ticks", Streams.Of("a", "b")));
        await asked.Fired;
        Assert.False(ticks.IsCompleted);
        await AdvanceUntilAsync(time, TimeSpan.FromMilliseconds(100), () => ticks.IsCompleted);

        Assert.Equal(["a after 100 ms", "b after 100 ms"], await ticks);
    }

    [Fact(Timeout = Hang)]
    public async Task Ten_clients_in_a_room_get_ten_broadcasts_each_without_gap_or_duplicate()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Room/Join", (CallContext call) => { peers.Server.Groups["room"].Add(call.Connection); });
        var seen = new ConcurrentDictionary<int, List<int>>();
        var clients = new List<HawserChannel>();
        for (var i = 0; i < 10; i++)
        {
            var client = i;
            var channel = peers.ConnectAnother();
            channel.Endpoints.Map("Room/Say", int (int number) =>
            {
                seen.GetOrAdd(client, _ => []).Add(number);
                return number;
            });
            clients.Add(channel);
        }

        for (var number = 0; number < 10; number++)
        {
            // Each connection is new: the client left after it had acknowledged the broadcast before.
            await Task.WhenAll(clients.Select(client => client.CallAsync<Empty>("Room/Join").AsTask()));
            var replies = await peers.Server.Groups["room"].CallAsync<int, int>("Room/Say", number, TimeSpan.FromMinutes(1));
            Assert.Equal(10, replies.Count);
            Assert.All(replies, reply => Assert.Equal((true, number), (reply.Status.IsOk, reply.Reply)));
            foreach (var client in clients)
                await (await client.OpenAsync()).CloseAsync(new Status(StatusCode.Ok, "reset"));
            await EventuallyAsync(() => peers.Server.Groups.Names.Count == 0);
        }

        Assert.Equal(10, seen.Count);
        Assert.All(seen.Values, numbers => Assert.Equal(Enumerable.Range(0, 10), numbers));
    }

    [Fact(Timeout = Hang)]
    public async Task Broadcasts_arrive_in_order_at_every_member_and_at_nobody_else()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelSerialHandlers = true });
        var group = peers.Server.Groups["room"];
        var inboxes = new List<System.Threading.Channels.Channel<int>>();
        for (var i = 0; i < 4; i++)
        {
            var inbox = System.Threading.Channels.Channel.CreateUnbounded<int>();
            var channel = peers.ConnectAnother();
            channel.Endpoints.MapOneWay("Room/Say", (int number) => { inbox.Writer.TryWrite(number); });
            inboxes.Add(inbox);
            var connection = await ConnectAsync(peers, channel);
            if (i > 0)
                Assert.True(group.Add(connection));
            Assert.False(i > 0 && group.Add(connection));
        }

        var sender = group.Members[0];
        for (var number = 0; number < 500; number++)
            Assert.Equal(2, await group.PushAsync("Room/Say", number, except: sender));
        Assert.Equal(3, await group.PushAsync("Room/Say", -1));

        var counts = new List<int>();
        foreach (var inbox in inboxes.Skip(1))
        {
            var got = new List<int>();
            while (got.Count == 0 || got[^1] != -1)
                got.Add(await inbox.Reader.ReadAsync());
            counts.Add(got.Count);
            if (got.Count > 1)
                Assert.Equal(Enumerable.Range(0, 500), got.SkipLast(1));
        }

        Assert.Equal([1, 501, 501], counts.Order());
        Assert.False(inboxes[0].Reader.TryRead(out _));
    }

    [Fact(Timeout = Hang)]
    public async Task Members_that_fail_or_do_not_answer_in_time_are_told_apart()
    {
        var time = new ManualTimeProvider();
        var limits = new ConnectionLimits { KeepAliveInterval = null };
        await using var peers = await StartAsync(new PeerSettings { ServerTime = time, ChannelLimits = limits, ServerLimits = limits });
        var group = peers.Server.Groups["room"];
        var asked = new Signal();
        var answers = new Func<Task<string>>[]
        {
            () => Task.FromResult("yes"),
            () => throw new RpcException(StatusCode.Aborted, "no"),
            async () =>
            {
                asked.Fire();
                await Task.Delay(Timeout.InfiniteTimeSpan);
                return "never";
            },
        };
        foreach (var answer in answers)
        {
            var channel = peers.ConnectAnother();
            channel.Endpoints.Map("Client/Vote", answer);
            group.Add(await ConnectAsync(peers, channel));
        }

        var gathering = group.CallAsync<Empty, string>("Client/Vote", default, TimeSpan.FromSeconds(5));
        await asked.Fired;
        await EventuallyAsync(() => group.Members.All(member => member.GetStatistics().CallsStarted == 1) && group.Members.Sum(member => member.GetStatistics().CallsInFlight) == 1);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), () => gathering.IsCompleted);
        var replies = await gathering;

        Assert.Equal(
            [(StatusCode.Ok, "yes"), (StatusCode.DeadlineExceeded, null), (StatusCode.Aborted, null)],
            replies.Select(reply => (reply.Status.Code, reply.Reply)).OrderBy(reply => reply.Code));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_leaves_its_groups_by_itself_and_an_empty_group_is_forgotten()
    {
        await using var peers = await StartAsync();
        var connection = await ConnectAsync(peers, peers.Channel);
        Assert.True(peers.Server.Groups["a"].Add(connection));
        Assert.True(peers.Server.Groups["b"].Add(connection));
        Assert.Equal(["a", "b"], peers.Server.Groups.Of(connection).Order());
        Assert.True(peers.Server.Groups["a"].Remove(connection));
        Assert.Equal(["b"], peers.Server.Groups.Names);

        await peers.CutAsync();
        await EventuallyAsync(() => peers.Server.Groups.Names.Count == 0);

        Assert.False(peers.Server.Groups["a"].Add(connection));
        Assert.Equal(0, await peers.Server.Groups["a"].PushAsync("Client/Tell", 1));
        Assert.Empty(await peers.Server.Groups["a"].CallAsync<int, int>("Client/Ask", 1, TimeSpan.FromMinutes(1)));
        var failure = await Assert.ThrowsAsync<RpcException>(() => connection.PushAsync("Client/Tell", 1).AsTask());
        Assert.Contains("has ended", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task What_is_pushed_while_a_connection_opens_is_the_first_that_it_gets()
    {
        HawserServer? server = null;
        await using var peers = await StartAsync(new PeerSettings
        {
            ChannelSerialHandlers = true,
            ConnectionOpening = async (connection, _) =>
            {
                server!.Groups["all"].Add(connection);
                await connection.PushAsync("Client/Tell", 1);
                await server.Groups["all"].PushAsync("Client/Tell", 2);
                return Status.Ok;
            },
        });
        server = peers.Server;
        var inbox = System.Threading.Channels.Channel.CreateUnbounded<int>();
        peers.Channel.Endpoints.MapOneWay("Client/Tell", (int number) => { inbox.Writer.TryWrite(number); });

        await peers.Channel.OpenAsync();

        int[] got = [await inbox.Reader.ReadAsync(), await inbox.Reader.ReadAsync()];
        Assert.Equal([1, 2], got);
    }

    [Fact(Timeout = Hang)]
    public async Task Large_and_small_pushes_keep_their_order()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelSerialHandlers = true });
        var inbox = System.Threading.Channels.Channel.CreateUnbounded<int>();
        peers.Channel.Endpoints.MapOneWay("Client/Tell", (byte[] message) => { inbox.Writer.TryWrite(message.Length); });
        var connection = await ConnectAsync(peers, peers.Channel);
        int[] sizes = [1, 100_000, 2, 3, 5_000, 4, 1_000_000, 5];

        foreach (var size in sizes)
            await connection.PushAsync("Client/Tell", new byte[size]);
        var got = new List<int>();
        while (got.Count < sizes.Length)
            got.Add(await inbox.Reader.ReadAsync());

        Assert.Equal(sizes, got);
    }

    [Fact(Timeout = Hang)]
    public async Task A_stop_lets_queued_pushes_leave()
    {
        await using var peers = await StartAsync(new PeerSettings { ChannelLimits = Sizes.SmallWindows, ChannelSerialHandlers = true });
        var inbox = System.Threading.Channels.Channel.CreateUnbounded<int>();
        var release = new Signal();
        peers.Channel.Endpoints.MapOneWay("Client/Tell", async Task (int number) =>
        {
            await release.Fired;
            inbox.Writer.TryWrite(number);
        });
        var connection = await ConnectAsync(peers, peers.Channel);
        for (var number = 0; number < 1000; number++)
            await connection.PushAsync("Client/Tell", number);
        Assert.True(connection.GetStatistics().NotificationsQueued > 0);

        var stopping = peers.Server.StopAsync(TimeSpan.FromHours(1));
        Assert.False(stopping.IsCompleted);
        release.Fire();
        await stopping;

        var got = new List<int>();
        while (got.Count < 1000)
            got.Add(await inbox.Reader.ReadAsync());
        Assert.Equal(Enumerable.Range(0, 1000), got);
    }

    private static async IAsyncEnumerable<string> TicksAsync(IAsyncEnumerable<string> words, Connection connection, Signal asked)
    {
        await foreach (var word in words)
        {
            var ticked = new Signal();
            using var timer = connection.StartTimer(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan, () =>
            {
                ticked.Fire();
                return default;
            });
            asked.Fire();
            await ticked.Fired;
            yield return $"{word} after 100 ms";
        }
    }

    /// <summary>Connects a channel, and finds the connection at the server.</summary>
    private static async Task<Connection> ConnectAsync(Peers peers, HawserChannel channel)
    {
        var before = peers.Server.Connections;
        await channel.OpenAsync();
        await EventuallyAsync(() => peers.Server.Connections.Count > before.Count);
        return peers.Server.Connections.Except(before).Single();
    }
}
