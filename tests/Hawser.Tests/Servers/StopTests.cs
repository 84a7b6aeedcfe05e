namespace Hawser.Tests.Servers;

/// <summary>A stop of a server that listens in several places: nothing is lost, and nothing hangs.</summary>
public sealed class StopTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact(Timeout = Hang)]
    public async Task Calls_over_every_listener_finish()
    {
        var path = Path.Combine(Path.GetTempPath(), $"hawser-stop-{Guid.NewGuid():N}.sock");
        await using var server = new HawserServer();
        using var started = new CountdownEvent(9);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Map("Test/Wait", async Task<int> (int number) =>
        {
            started.Signal();
            await release.Task;
            return number;
        });
        var channels = new List<HawserChannel>();
        foreach (var address in (string[])[Loopback.Own("tcp://127.0.0.1:0"), $"unix:{path}", "inproc:stop-everywhere"])
            channels.Add(HawserChannel.Connect((await server.ListenAsync(address)).OriginalString));

        var calls = channels.SelectMany(channel => Enumerable.Range(0, 3).Select(number => channel.CallAsync<int, int>("Test/Wait", number).AsTask())).ToArray();
        await EventuallyAsync(() => started.IsSet);
        var stopping = server.StopAsync(Long);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        var answers = await Task.WhenAll(calls);
        await stopping;

        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], answers);
        Assert.Empty(server.Addresses);
        foreach (var channel in channels)
        {
            Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync<int, int>("Test/Wait", 1).AsTask())).Code);
            await channel.DisposeAsync();
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_close_callback_that_fails_or_hangs_does_not_keep_the_server_from_stopping()
    {
        var time = new Hawser.Testing.ManualTimeProvider();
        var hung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        await using var server = new HawserServer(new HawserServerOptions
        {
            TimeProvider = time,
            ConnectionClosed = async (_, _) =>
            {
                if (Interlocked.Increment(ref count) == 1)
                    throw new InvalidOperationException("logged");
                await hung.Task;
            },
        });
        await server.ListenAsync("inproc:stop-hanging");
        await using var first = HawserChannel.Connect("inproc:stop-hanging");
        await using var second = HawserChannel.Connect("inproc:stop-hanging");
        await first.OpenAsync();
        await second.OpenAsync();

        var stopping = server.StopAsync(Long);
        await EventuallyAsync(() => Volatile.Read(ref count) >= 2);
        await RepeatUntilAsync(() => time.Advance(TimeSpan.FromSeconds(1)), () => stopping.IsCompleted);
        await stopping;
        hung.SetResult();
    }

    [Fact(Timeout = Hang)]
    public async Task Raw_connections_may_have_as_long_as_they_take_too()
    {
        await using var server = new HawserServer();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await server.ListenRawAsync("inproc:stop-raw", async (connection, stopping) =>
        {
            started.SetResult();
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = stopping.Register(told.SetResult);
            await told.Task;
            await connection.Output.WriteAsync("bye"u8.ToArray(), CancellationToken.None);
        });
        await using var client = await RawConnection.ConnectAsync("inproc:stop-raw");
        await started.Task;

        var stopping = server.StopAsync(TimeSpan.MaxValue);
        using var said = new MemoryStream();
        await client.Input.CopyToAsync(said);
        await stopping;

        Assert.Equal("bye"u8.ToArray(), said.ToArray());
    }

    [Theory(Timeout = Hang)]
    [InlineData(-1)]
    [InlineData(-TimeSpan.TicksPerMillisecond)]
    public async Task A_negative_drain_is_refused_and_stops_nothing(long ticks)
    {
        await using var server = new HawserServer();
        server.Map("Test/Double", (int number) => 2 * number);
        await server.ListenAsync("inproc:stop-negative");

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => server.StopAsync(TimeSpan.FromTicks(ticks)));

        await using var channel = HawserChannel.Connect("inproc:stop-negative");
        Assert.Equal(4, await channel.CallAsync<int, int>("Test/Double", 2));
    }
}
