using System.Diagnostics.Metrics;
using Hawser.Tests.Channels.Retries;

namespace Hawser.Tests.Servers;

/// <summary>What each policy does with a client that does not read: its handlers stand still, so that it grants nothing more.</summary>
public sealed class SlowClientTests : IAsyncDisposable
{
    private const int MaxQueued = 8;

    private readonly HawserServer server = new(new HawserServerOptions { Outbox = new OutboxOptions { MaxMessages = MaxQueued } });
    private readonly List<HawserChannel> channels = [];

    [Fact(Timeout = Hang)]
    public async Task Under_wait_the_sender_waits_and_nothing_is_lost()
    {
        var slow = await ConnectAsync("wait", isSlow: true);
        var sent = await FillAsync(slow);

        var waiting = slow.Connection.PushAsync("Client/Tell", sent).AsTask();
        var behind = slow.Connection.PushAsync("Client/Tell", sent + 1).AsTask();
        Assert.False(waiting.IsCompleted);
        slow.Release.SetResult();
        await waiting;
        await behind;

        Assert.Equal(Enumerable.Range(0, sent + 2), await slow.ReadUntilAsync(sent + 1));
        Assert.Equal(0, slow.Connection.GetStatistics().NotificationsDropped);
    }

    [Fact(Timeout = Hang)]
    public async Task Waiting_for_room_can_be_given_up_and_is_not_sent_then()
    {
        var slow = await ConnectAsync("give-up", isSlow: true);
        var sent = await FillAsync(slow);
        using var cancellation = new CancellationTokenSource();

        var waiting = slow.Connection.PushAsync("Client/Tell", -1, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        slow.Release.SetResult();
        await slow.Connection.PushAsync("Client/Tell", sent);

        Assert.Equal(Enumerable.Range(0, sent + 1), await slow.ReadUntilAsync(sent));
    }

    [Fact(Timeout = Hang)]
    public async Task No_more_pushes_wait_for_room_than_may_be_queued()
    {
        var slow = await ConnectAsync("waiters", isSlow: true);
        var sent = await FillAsync(slow);
        var waiting = Enumerable.Range(sent, MaxQueued).Select(number => slow.Connection.PushAsync("Client/Tell", number).AsTask()).ToList();

        var failure = await Assert.ThrowsAsync<RpcException>(() => slow.Connection.PushAsync("Client/Tell", -1).AsTask());

        Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
        Assert.True(failure.NotRun);
        Assert.Contains("OutboxOptions.MaxMessages", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal((2 * MaxQueued, 1L), (slow.Connection.GetStatistics().NotificationsQueued, slow.Connection.GetStatistics().NotificationsDropped));
        slow.Release.SetResult();
        await Task.WhenAll(waiting);
        Assert.Equal(Enumerable.Range(0, sent + MaxQueued), await slow.ReadUntilAsync(sent + MaxQueued - 1));
    }

    [Fact(Timeout = Hang)]
    public async Task The_bytes_that_wait_for_room_are_bounded_too()
    {
        await using var small = NewSmallServer();
        var slow = await ConnectAsync("waiting-bytes", isSlow: true, small);
        await FillWireAsync(slow);
        await slow.Connection.PushAsync("Client/Ignore", new byte[900], SlowClientPolicy.Wait);

        var waiting = slow.Connection.PushAsync("Client/Ignore", new byte[900], SlowClientPolicy.Wait).AsTask();
        var failure = await Assert.ThrowsAsync<RpcException>(() => slow.Connection.PushAsync("Client/Ignore", new byte[101], SlowClientPolicy.Wait).AsTask());

        Assert.Contains("OutboxOptions.MaxBytes", failure.Status.Text, StringComparison.Ordinal);
        slow.Release.SetResult();
        await waiting;
    }

    [Fact(Timeout = Hang)]
    public async Task A_push_that_gives_up_waiting_makes_way_for_another()
    {
        var slow = await ConnectAsync("make-way", isSlow: true);
        var sent = await FillAsync(slow);
        using var cancellation = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, MaxQueued).Select(_ => slow.Connection.PushAsync("Client/Tell", -1, cancellation.Token).AsTask()).ToList();

        await cancellation.CancelAsync();
        foreach (var push in waiting)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
        var another = slow.Connection.PushAsync("Client/Tell", sent).AsTask();

        Assert.Equal(MaxQueued + 1, slow.Connection.GetStatistics().NotificationsQueued);
        slow.Release.SetResult();
        await another;
        Assert.Equal(Enumerable.Range(0, sent + 1), await slow.ReadUntilAsync(sent));
    }

    [Fact(Timeout = Hang)]
    public async Task A_broadcast_does_not_count_a_member_for_whom_too_many_pushes_wait()
    {
        var slow = await ConnectAsync("uncounted-slow", isSlow: true);
        var quick = await ConnectAsync("uncounted-quick", isSlow: false);
        await FillAsync(slow);
        var waiting = Enumerable.Range(0, MaxQueued).Select(_ => slow.Connection.PushAsync("Client/Tell", -1).AsTask()).ToList();
        var group = server.Groups["uncounted"];
        group.Add(slow.Connection);
        group.Add(quick.Connection);

        Assert.Equal(1, await group.PushAsync("Client/Tell", 1));

        Assert.Equal([1], await quick.ReadUntilAsync(1));
        slow.Release.SetResult();
        await Task.WhenAll(waiting);
    }

    [Fact(Timeout = Hang)]
    public async Task Under_drop_oldest_the_newest_are_kept_in_order()
    {
        var slow = await ConnectAsync("drop-oldest", isSlow: true);
        var sent = await FillAsync(slow, SlowClientPolicy.DropOldest);

        for (var number = sent; number < sent + 100; number++)
            Assert.True(slow.Connection.PushAsync("Client/Tell", number, SlowClientPolicy.DropOldest).IsCompletedSuccessfully);
        Assert.Equal(100, slow.Connection.GetStatistics().NotificationsDropped);
        Assert.Equal(MaxQueued, slow.Connection.GetStatistics().NotificationsQueued);
        slow.Release.SetResult();

        var last = sent + 99;
        var got = await slow.ReadUntilAsync(last);
        Assert.Equal([.. Enumerable.Range(0, sent - MaxQueued), .. Enumerable.Range(last - MaxQueued + 1, MaxQueued)], got);
    }

    [Fact(Timeout = Hang)]
    public async Task Under_keep_latest_one_of_each_key_is_left_in_the_order_of_the_last()
    {
        var slow = await ConnectAsync("keep-latest", isSlow: true);
        await FillWireAsync(slow);

        for (var round = 0; round < 10; round++)
        {
            foreach (var key in (string[])["a", "b", "c"])
                await slow.Connection.PushAsync("Client/Tell", (1000 * (key[0] - 'a' + 1)) + round, new PushOptions { Policy = SlowClientPolicy.KeepLatest, Key = key });
        }

        await slow.Connection.PushAsync("Client/Tell", 1010, new PushOptions { Policy = SlowClientPolicy.KeepLatest, Key = "a" });
        Assert.Equal(28, slow.Connection.GetStatistics().NotificationsDropped);
        slow.Release.SetResult();

        Assert.Equal([2009, 3009, 1010], (await slow.ReadUntilAsync(1010)).TakeLast(3));
    }

    [Fact(Timeout = Hang)]
    public async Task What_may_not_be_dropped_is_not_dropped_for_what_may()
    {
        var slow = await ConnectAsync("mixed", isSlow: true);
        var sent = await FillAsync(slow);

        await slow.Connection.PushAsync("Client/Tell", -1, SlowClientPolicy.DropOldest);
        Assert.Equal(1, slow.Connection.GetStatistics().NotificationsDropped);
        slow.Release.SetResult();
        await slow.Connection.PushAsync("Client/Tell", sent);

        Assert.Equal(Enumerable.Range(0, sent + 1), await slow.ReadUntilAsync(sent));
    }

    [Fact(Timeout = Hang)]
    public async Task Under_disconnect_the_client_is_told_why_and_nobody_else_is_touched()
    {
        var slow = await ConnectAsync("disconnect", isSlow: true);
        await FillAsync(slow, SlowClientPolicy.Disconnect);

        var client = await slow.Channel.OpenAsync();
        await slow.Connection.PushAsync("Client/Tell", -1, SlowClientPolicy.Disconnect);
        await EventuallyAsync(() => slow.Connection.CloseStatus is not null && client.CloseStatus is not null);

        Assert.Equal(StatusCode.ResourceExhausted, slow.Connection.CloseStatus!.Code);
        Assert.Contains("OutboxOptions.MaxMessages", client.CloseStatus!.Text, StringComparison.Ordinal);
        slow.Release.SetResult();
    }

    [Theory(Timeout = Hang)]
    [InlineData(SlowClientPolicy.DropOldest)]
    [InlineData(SlowClientPolicy.KeepLatest)]
    [InlineData(SlowClientPolicy.Disconnect)]
    [InlineData(SlowClientPolicy.Wait)]
    public async Task A_slow_member_keeps_nothing_from_the_others(SlowClientPolicy policy)
    {
        var slow = await ConnectAsync($"slow-{policy}", isSlow: true);
        var quick = await ConnectAsync($"quick-{policy}", isSlow: false);
        var group = server.Groups["room"];
        group.Add(slow.Connection);
        group.Add(quick.Connection);

        var pushes = new List<Task<int>>();
        for (var number = 0; number < 1000; number++)
        {
            pushes.Add(group.PushAsync("Client/Tell", number, policy).AsTask());
            await quick.ReadUntilAsync(number);
        }

        Assert.Equal(Enumerable.Range(0, 1000), quick.Got);
        Assert.Equal(policy != SlowClientPolicy.Wait, pushes.TrueForAll(push => push.IsCompleted));
        slow.Release.SetResult();
        await Task.WhenAll(pushes);
    }

    [Fact(Timeout = Hang)]
    public async Task Bytes_are_bounded_too()
    {
        await using var small = NewSmallServer();
        var slow = await ConnectAsync("bytes", isSlow: true, small);
        await FillWireAsync(slow);

        await slow.Connection.PushAsync("Client/Ignore", new byte[600]);
        await slow.Connection.PushAsync("Client/Ignore", new byte[390]);
        Assert.Equal((3, 0L), (slow.Connection.GetStatistics().NotificationsQueued, slow.Connection.GetStatistics().NotificationsDropped));
        await slow.Connection.PushAsync("Client/Ignore", new byte[400]);

        Assert.Equal((3, 1L), (slow.Connection.GetStatistics().NotificationsQueued, slow.Connection.GetStatistics().NotificationsDropped));
        slow.Release.SetResult();
    }

    [Fact(Timeout = Hang)]
    public async Task A_message_larger_than_the_outbox_goes_when_nothing_else_waits()
    {
        await using var small = NewSmallServer();
        var quick = await ConnectAsync("large", isSlow: false, small);

        await quick.Connection.PushAsync("Client/Ignore", new byte[100_000]);
        await quick.Connection.PushAsync("Client/Tell", 1, SlowClientPolicy.Wait);

        Assert.Equal([1], await quick.ReadUntilAsync(1));
        Assert.Equal([100_000], quick.Ignored);
        Assert.Equal(0, quick.Connection.GetStatistics().NotificationsDropped);
    }

    [Fact(Timeout = Hang)]
    public async Task What_is_dropped_is_counted_by_a_metric()
    {
        var counted = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "hawser.notifications.dropped")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new("rpc.method", "Counted")))
                Interlocked.Add(ref counted, value);
        });
        listener.Start();
        var slow = await ConnectAsync("metric", isSlow: true);
        await FillWireAsync(slow);

        for (var number = 0; number < MaxQueued - 1 + 5; number++)
            await slow.Connection.PushAsync("Client/Counted", number, SlowClientPolicy.DropOldest);

        Assert.Equal(5, Volatile.Read(ref counted));
        slow.Release.SetResult();
    }

    [Fact(Timeout = Hang)]
    public async Task A_message_that_the_peer_never_takes_is_refused_at_once()
    {
        var client = await ConnectAsync("too-large", isSlow: false);

        var failure = await Assert.ThrowsAsync<RpcException>(() => client.Connection.PushAsync("Client/Ignore", new byte[5_000_000]).AsTask());

        Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
        Assert.Contains("ConnectionLimits.MaxMessageSize", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_message_that_the_peer_never_takes_is_refused_while_others_are_queued_too()
    {
        var slow = await ConnectAsync("too-large-behind", isSlow: true);
        await FillWireAsync(slow);

        var failure = await Assert.ThrowsAsync<RpcException>(() => slow.Connection.PushAsync("Client/Ignore", new byte[5_000_000], SlowClientPolicy.DropOldest).AsTask());

        Assert.Equal((StatusCode.ResourceExhausted, true), (failure.Code, failure.NotRun));
        Assert.Contains("ConnectionLimits.MaxMessageSize", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal((1, 0L), (slow.Connection.GetStatistics().NotificationsQueued, slow.Connection.GetStatistics().NotificationsDropped));
        slow.Release.SetResult();
    }

    [Fact(Timeout = Hang)]
    public async Task A_message_that_the_peer_never_takes_is_refused_before_the_connection_is_open_too()
    {
        RpcException? failure = null;
        await using var host = new HawserServer(new HawserServerOptions
        {
            ConnectionOpening = async (connection, _) =>
            {
                failure = await Assert.ThrowsAsync<RpcException>(() => connection.PushAsync("Client/Ignore", new byte[5_000_000]).AsTask());
                return Status.Ok;
            },
        });

        await ConnectAsync("too-large-early", isSlow: false, host);

        Assert.Equal(StatusCode.ResourceExhausted, failure!.Code);
    }

    [Fact(Timeout = Hang)]
    public async Task Pushes_that_wait_for_room_when_the_connection_ends_are_refused_and_those_that_were_queued_are_logged()
    {
        using var log = new RecordingLoggerFactory();
        await using var host = new HawserServer(new HawserServerOptions { Outbox = new OutboxOptions { MaxMessages = MaxQueued }, LoggerFactory = log });
        var (running, mayEnd) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        host.Map("Test/Run", async Task () =>
        {
            running.SetResult();
            await mayEnd.Task;
        });
        var slow = await ConnectAsync("end-while-waiting", isSlow: true, host);

        // A handler that runs on: what belongs to the connection is let go of only behind it.
        var call = slow.Channel.CallAsync<Empty>("Test/Run").AsTask();
        await running.Task;
        await FillAsync(slow);
        var waiting = Enumerable.Range(0, MaxQueued).Select(_ => slow.Connection.PushAsync("Client/Tell", -1).AsTask()).ToList();

        await slow.Connection.CloseAsync(new Status(StatusCode.Unavailable, "over"));

        foreach (var push in waiting)
        {
            var failure = await Assert.ThrowsAsync<RpcException>(() => push);
            Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        }

        await EventuallyAsync(() => log.Entries.Count(entry => entry.Text.StartsWith("A notification of Client/Tell could not be sent", StringComparison.Ordinal)) == MaxQueued);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call)).Code);
        mayEnd.SetResult();
        slow.Release.SetResult();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in channels)
            await channel.DisposeAsync();
        await server.DisposeAsync();
    }

    private static HawserServer NewSmallServer() => new(new HawserServerOptions { Outbox = new OutboxOptions { MaxBytes = 1000, Policy = SlowClientPolicy.DropOldest } });

    /// <summary>Pushes until the wire takes no more, and then until the outbox is full.</summary>
    /// <returns>How many were pushed.</returns>
    private static async Task<int> FillAsync(Client slow, SlowClientPolicy policy = SlowClientPolicy.Wait)
    {
        var number = 0;
        while (slow.Connection.GetStatistics().NotificationsQueued < MaxQueued)
        {
            await slow.Connection.PushAsync("Client/Tell", number++, policy);
            Assert.True(number < 10_000, "the wire takes everything");
        }

        return number;
    }

    /// <summary>Pushes until the wire takes no more: one is queued then, which may not be dropped.</summary>
    private static async Task FillWireAsync(Client slow)
    {
        while (slow.Connection.GetStatistics().NotificationsQueued == 0)
            await slow.Connection.PushAsync("Client/Tell", 0, SlowClientPolicy.Wait);
    }

    private async Task<Client> ConnectAsync(string name, bool isSlow, HawserServer? other = null)
    {
        var opened = new TaskCompletionSource<Connection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var address = $"inproc:slow-client-{name}";
        var host = other ?? server;
        host.Map($"Test/Open-{name}", (CallContext call) => opened.SetResult(call.Connection));
        await host.ListenAsync(address);
        var client = new Client(HawserChannel.Connect(address, new HawserChannelOptions
        {
            SerialHandlers = true,
            Limits = new ConnectionLimits { ConnectionWindow = 64 * 1024, CallWindow = 64 * 1024 },
        }));
        channels.Add(client.Channel);
        if (!isSlow)
            client.Release.SetResult();
        await client.Channel.CallAsync<Empty>($"Test/Open-{name}");
        client.Connection = await opened.Task;
        return client;
    }

    private sealed class Client
    {
        private readonly System.Threading.Channels.Channel<int> inbox = System.Threading.Channels.Channel.CreateUnbounded<int>();

        internal Client(HawserChannel channel)
        {
            Channel = channel;
            channel.Endpoints.MapOneWay("Client/Tell", async Task (int number) =>
            {
                await Release.Task;
                inbox.Writer.TryWrite(number);
            });
            channel.Endpoints.MapOneWay("Client/Ignore", async Task (byte[] message) =>
            {
                await Release.Task;
                Ignored.Add(message.Length);
            });
            channel.Endpoints.MapOneWay("Client/Counted", async Task (int _) => await Release.Task);
        }

        internal HawserChannel Channel { get; }

        internal Connection Connection { get; set; } = null!;

        internal TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal List<int> Got { get; } = [];

        internal List<int> Ignored { get; } = [];

        internal async Task<List<int>> ReadUntilAsync(int last)
        {
            while (Got.Count == 0 || Got[^1] != last)
                Got.Add(await inbox.Reader.ReadAsync());
            return Got;
        }
    }
}
