using System.Net.Sockets;

namespace Hawser.Testing.Tests;

public sealed class CutTests : NetworkTest
{
    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1_000)]
    [InlineData(1_001)]
    [InlineData(70_000)]
    public async Task A_cut_at_byte_N_lets_the_server_have_exactly_N(int count)
    {
        var link = await LinkAsync();
        Network.CutAfter(count, LinkDirection.ToServer);
        var reading = BareLink.ReadAllAsync(link.ServerLane);

        var failure = await Record.ExceptionAsync(() => WriteAllAsync(link.ClientLane, 100_000));
        var received = await reading;

        Assert.IsAssignableFrom<IOException>(failure);
        Assert.IsAssignableFrom<IOException>(received.Failure);
        Assert.Equal(Bytes(100_000)[..count], received.Bytes);
        Assert.False(link.Simulated.IsOpen);
        Assert.Empty(Network.Links);
    }

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(70_000)]
    public async Task A_cut_at_byte_N_lets_the_client_have_exactly_N(int count)
    {
        var link = await LinkAsync();
        Network.CutAfter(count, LinkDirection.ToClient);
        var reading = BareLink.ReadAllAsync(link.ClientLane);

        var failure = await Record.ExceptionAsync(() => WriteAllAsync(link.ServerLane, 100_000));
        var received = await reading;

        Assert.IsAssignableFrom<IOException>(failure);
        Assert.Equal(Bytes(100_000)[..count], received.Bytes);
        Assert.Equal($"The link to {link.Simulated.Address} was cut by the simulated network.", Assert.IsType<IOException>(received.Failure).Message);
    }

    [Fact(Timeout = Hang)]
    public async Task The_count_goes_over_all_links_and_cuts_the_one_that_carried_the_last()
    {
        var (one, other) = (await LinkAsync(), await LinkAsync());
        Network.CutAfter(1_500, LinkDirection.ToServer);

        await one.ClientLane.WriteAsync(new byte[1_000]);
        await BareLink.ReadAsync(one.ServerLane, 1_000);
        await other.ClientLane.WriteAsync(new byte[1_000]);
        var received = await BareLink.ReadAllAsync(other.ServerLane);

        Assert.Equal(500, received.Bytes.Length);
        Assert.Equal([one.Simulated], Network.Links);
    }

    [Fact(Timeout = Hang)]
    public async Task A_cut_loses_what_is_on_its_way_and_the_next_link_is_sound()
    {
        var link = await LinkAsync();
        Network.Weather = new Weather { Latency = Milliseconds(40) };
        await link.ClientLane.WriteAsync(new byte[100]);

        Network.Cut();

        Assert.Empty((await BareLink.ReadAllAsync(link.ServerLane)).Bytes);
        await Assert.ThrowsAsync<IOException>(() => link.ClientLane.ReadAsync(new byte[1]).AsTask());
        Network.Weather = Weather.Calm;
        var next = await LinkAsync();
        await next.ClientLane.WriteAsync(new byte[100]);
        Assert.Equal(100, await next.ServerLane.ReadAsync(new byte[100]));
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_over_a_link_that_is_cut_may_have_run_and_the_next_finds_a_new_link()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await InMemoryServer.StartAsync(
            server =>
            {
                server.Map("Test/Echo", (int number) => number);
                server.Map("Test/Hang", (CancellationToken cancellationToken) =>
                {
                    started.SetResult();
                    return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                });
            },
            channelOptions: new HawserChannelOptions { Transports = Network.Transports });

        var call = server.Channel.CallAsync<Empty>("Test/Hang").AsTask();
        await started.Task;
        Network.Cut();

        var failure = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal((StatusCode.Unavailable, false), (failure.Code, failure.NotRun));
        Assert.Equal(1, await server.Channel.CallAsync<int, int>("Test/Echo", 1));
        Assert.Equal(2, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task Real_sockets_can_be_cut_too()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv4, "This machine has no IPv4.");
        await using var network = new SimulatedNetwork();
        await using var server = new HawserServer();
        server.Map("Test/Echo", (int number) => number);
        var address = await server.ListenAsync("tcp://127.0.0.1:0");
        await using var channel = HawserChannel.Connect(address.ToString(), new HawserChannelOptions { Transports = network.Transports });

        Assert.Equal(1, await channel.CallAsync<int, int>("Test/Echo", 1));
        var connection = await channel.OpenAsync();
        network.Cut();
        await EventuallyAsync(() => connection.Closed.IsCancellationRequested);

        Assert.Equal(2, await channel.CallAsync<int, int>("Test/Echo", 2));
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(static number => (byte)(number * 31 >> 3))];

    private static async Task WriteAllAsync(Transports.Lane lane, int count)
    {
        var bytes = Bytes(count);
        for (var at = 0; at < count; at += 7_000)
            await lane.WriteAsync(bytes.AsMemory(at, Math.Min(7_000, count - at)));
        await lane.ReadAsync(new byte[1]);
    }
}
