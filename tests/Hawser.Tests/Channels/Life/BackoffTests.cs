using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Tests.Channels.Life;

public sealed class BackoffTests : ChannelTest
{
    private static readonly ReconnectOptions Rule = new()
    {
        InitialBackoff = TimeSpan.FromMilliseconds(100),
        MaxBackoff = TimeSpan.FromSeconds(2),
        Multiplier = 2,
        StablePeriod = TimeSpan.FromSeconds(10),
    };

    private static readonly Status Reason = new(StatusCode.Unavailable, "a test failed it");

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(3, 400)]
    [InlineData(5, 1600)]
    [InlineData(6, 2000)]
    [InlineData(1000, 2000)]
    public void The_delay_is_chosen_evenly_below_a_bound_that_grows_up_to_a_cap(int failures, double most)
    {
        var delays = Enumerable.Range(0, 2000).Select(seed => Failed(Rule with { Seed = seed }, failures).TotalMilliseconds).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, 0, most));
        for (var tenth = 0; tenth < 10; tenth++)
            Assert.InRange(delays.Count(delay => (int)(delay / most * 10) == tenth), 140, 260);
    }

    [Fact]
    public void The_same_seed_gives_the_same_delays() =>
        Assert.Equal(Failed(Rule with { Seed = 5 }, 4), Failed(Rule with { Seed = 5 }, 4));

    [Fact]
    public void A_connection_that_was_stable_lets_the_failures_before_it_be_forgotten()
    {
        var backoff = new ReconnectBackoff(Rule with { Backoff = static context => TimeSpan.FromSeconds(context.Failures) }, Clock, NullLogger.Instance);
        backoff.Failed(Reason);
        backoff.Failed(Reason);
        backoff.Opened();
        Clock.Advance(Rule.StablePeriod - TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.FromSeconds(3), backoff.Lost(Reason));

        backoff.Opened();
        Clock.Advance(Rule.StablePeriod);
        Assert.Equal(TimeSpan.Zero, backoff.Lost(Reason));
    }

    [Fact(Timeout = Hang)]
    public async Task A_delegate_chooses_the_delay_in_place_of_the_rule()
    {
        var asked = new List<ReconnectContext>();
        var channel = Connect(new HawserChannelOptions
        {
            TimeProvider = Clock,
            Transports = Network.Transports,
            Reconnect = new ReconnectOptions
            {
                WatchesNetwork = false,
                Backoff = context =>
                {
                    asked.Add(context);
                    return TimeSpan.FromSeconds(10 * context.Failures);
                },
            },
        });
        var steps = Record(channel);

        await FailAsync(channel);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await EventuallyAsync(() => steps.Count == 4);

        Assert.Equal([1, 2], asked.Select(static context => context.Failures));
        Assert.Contains("inproc:", asked[0].Reason.Text, StringComparison.Ordinal);
        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)], steps.Where(static step => step.Current == ChannelState.BackingOff).Select(static step => step.Delay!.Value));
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_comes_back_is_found_however_long_it_was_away()
    {
        var channel = Connect();
        await FailAsync(channel);
        for (var i = 0; i < 50; i++)
        {
            var tried = Network.LinksTried;
            Clock.Advance(Delay);
            await EventuallyAsync(() => Network.LinksTried == tried + 1 && channel.State == ChannelState.BackingOff);
        }

        await ServeAsync();
        Clock.Advance(Delay);

        await channel.WaitForStateAsync(ChannelState.Ready);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_drops_every_connection_is_called_again_at_once_five_times_and_then_after_the_delay()
    {
        await ServeAsync();
        var channel = Connect();
        for (var loss = 1; loss <= 6; loss++)
        {
            Assert.Equal("hello", await EchoAsync(channel));
            await LoseAsync(channel);
        }

        var failure = await FailAsync(channel);
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("was lost", failure.Status.Text, StringComparison.Ordinal);

        var waiting = EchoAsync(channel, new CallOptions { WaitForReady = true }).AsTask();
        Clock.Advance(Delay);
        Assert.Equal("hello", await waiting);
    }

    [Fact(Timeout = Hang)]
    public async Task Connections_that_lived_for_long_may_be_lost_as_often_as_they_are()
    {
        await ServeAsync();
        var channel = Connect();
        for (var loss = 1; loss <= 10; loss++)
        {
            Assert.Equal("hello", await EchoAsync(channel));
            Clock.Advance(new ReconnectOptions().StablePeriod);
            await LoseAsync(channel);
        }
    }

    [Fact]
    public void A_server_that_goes_away_holds_nobody_back()
    {
        var backoff = new ReconnectBackoff(Rule, Clock, NullLogger.Instance);
        for (var time = 1; time <= 10; time++)
        {
            backoff.Opened();
            backoff.Left(Reason);
            Assert.Null(backoff.TooSoon);
        }
    }

    private async Task LoseAsync(HawserChannel channel)
    {
        var connection = await channel.OpenAsync();
        Network.Cut();
        await EventuallyAsync(() => connection.Closed.IsCancellationRequested && channel.State == ChannelState.BackingOff);
    }

    private static TimeSpan Failed(ReconnectOptions rule, int times)
    {
        var backoff = new ReconnectBackoff(rule, TimeProvider.System, NullLogger.Instance);
        for (var i = 1; i < times; i++)
            backoff.Failed(Reason);
        return backoff.Failed(Reason)!.Value;
    }
}
