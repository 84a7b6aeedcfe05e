using System.Net;

namespace Hawser.Tests.Channels.Life;

public sealed class SeveralAddressesTests : ChannelTest
{
    private readonly string second = $"inproc:{Guid.NewGuid():N}";

    private string Both => $"{Address}, {second}";

    [Fact(Timeout = Hang)]
    public async Task The_first_that_answers_is_used()
    {
        var first = await ServeAsync();
        await ServeAsync(second);
        var channel = Connect(address: Both);

        Assert.Equal("hello", await EchoAsync(channel));

        await EventuallyAsync(() => first.Connections.Count == 1);
        Assert.Equal(1, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task An_address_that_fails_is_followed_by_the_next_at_once()
    {
        await ServeAsync(second);
        var channel = Connect(address: Both);

        Assert.Equal("hello", await EchoAsync(channel));
        Assert.Equal(2, Network.LinksTried);
    }

    [Fact(Timeout = Hang)]
    public async Task An_address_that_is_silent_costs_a_quarter_of_a_second()
    {
        await ServeAsync();
        await ServeAsync(second);
        Network.Weather = new Testing.Weather { IsBlackout = true };
        var channel = Connect(address: Both);
        var call = EchoAsync(channel).AsTask();
        var headStart = TimeSpan.FromMilliseconds(250);
        await EventuallyAsync(() => Network.LinksTried == 1 && Clock.UntilNextTimer == headStart);

        Clock.Advance(headStart - TimeSpan.FromTicks(1));
        Assert.Equal(1, Network.LinksTried);
        Clock.Advance(TimeSpan.FromTicks(1));
        await EventuallyAsync(() => Network.LinksTried == 2);
        Network.Weather = new Testing.Weather();

        Assert.Equal("hello", await call);
    }

    [Fact(Timeout = Hang)]
    public async Task What_worked_last_is_tried_first()
    {
        await ServeAsync(second);
        var channel = Connect(address: Both);
        await channel.OpenAsync();
        var first = await ServeAsync();

        channel.Reset();
        Assert.Equal("hello", await EchoAsync(channel));

        Assert.Equal(3, Network.LinksTried);
        Assert.Empty(first.Connections);
    }

    [Fact(Timeout = Hang)]
    public async Task When_all_fail_each_is_named_with_its_reason()
    {
        var channel = Connect(address: Both);

        var failure = await FailAsync(channel);

        Assert.Contains(Address, failure.Status.Text, StringComparison.Ordinal);
        Assert.Contains(second, failure.Status.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp://a:1,tcp://b")]
    [InlineData("tcp://a:1,nothing:here")]
    [InlineData("tcp://a:1,")]
    public void Every_address_is_checked_before_anything_is_sent(string addresses) =>
        Assert.Throws<ArgumentException>(() => HawserChannel.Connect(addresses));

    [Fact]
    public async Task A_comma_within_a_path_is_part_of_it()
    {
        await using var channel = HawserChannel.Connect("unix:/tmp/a,b.sock");

        Assert.Contains("/tmp/a,b.sock", (await FailAsync(channel)).Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_name_is_asked_for_again_before_each_attempt()
    {
        var asked = 0;
        var resolver = new Resolver(() => ++asked < 3 ? throw new IOException("the name server is away") : [IPAddress.Loopback]);
        await using var server = new HawserServer();
        server.Map("Test/Echo", (string text) => text);
        var port = (await server.ListenAsync("tcp://127.0.0.1:0")).Port;
        var channel = Connect(
            new HawserChannelOptions { TimeProvider = Clock, NameResolver = resolver, Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false } },
            $"tcp://host.example:{port}");

        Assert.Contains("name server is away", (await FailAsync(channel)).Status.Text, StringComparison.Ordinal);
        Clock.Advance(Delay);
        await EventuallyAsync(() => asked == 2 && channel.State == ChannelState.BackingOff);
        Clock.Advance(Delay);
        await channel.WaitForStateAsync(ChannelState.Ready);

        Assert.Equal("hello", await EchoAsync(channel));
        Assert.Equal(3, asked);
    }

    private sealed class Resolver(Func<IPAddress[]> resolve) : INameResolver
    {
        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => new(resolve());
    }
}
