namespace Hawser.Testing.Tests;

public sealed class RefusalTests : NetworkTest
{
    [Fact(Timeout = Hang)]
    public async Task The_next_links_are_refused_and_those_after_them_are_not()
    {
        Network.RefuseNext(3);

        for (var i = 0; i < 3; i++)
        {
            var failure = await Assert.ThrowsAsync<IOException>(LinkAsync);
            Assert.Matches("^Nothing listens on inproc:.* \\(refused by the simulated network\\)\\.$", failure.Message);
        }

        await LinkAsync();
        Assert.Equal((4, 3), (Network.LinksTried, Network.LinksRefused));
    }

    [Fact(Timeout = Hang)]
    public async Task All_links_are_refused_for_as_long_as_it_is_said()
    {
        var before = await LinkAsync();
        Network.RefusesLinks = true;
        await Assert.ThrowsAsync<IOException>(LinkAsync);
        await Assert.ThrowsAsync<IOException>(LinkAsync);

        Assert.True(before.Simulated.IsOpen);
        Network.RefusesLinks = false;
        await LinkAsync();
    }

    [Fact(Timeout = Hang)]
    public async Task A_refusal_takes_a_round_trip_too()
    {
        Network.Weather = new Weather { Latency = Milliseconds(40) };
        Network.RefuseNext(1);

        var linking = LinkAsync();
        Clock.Advance(Milliseconds(40));
        await EventuallyAsync(() => Clock.UntilNextTimer == Milliseconds(40));
        Assert.False(linking.IsCompleted);
        Clock.Advance(Milliseconds(40));

        await Assert.ThrowsAsync<IOException>(() => linking);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_is_told_why_and_was_not_run()
    {
        await using var server = await InMemoryServer.StartAsync(
            static server => server.Map("Test/Echo", (int number) => number),
            channelOptions: new HawserChannelOptions { Transports = Network.Transports });
        Network.RefusesLinks = true;

        var failure = await Assert.ThrowsAsync<RpcException>(() => server.Channel.CallAsync<int, int>("Test/Echo", 1).AsTask());

        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("refused by the simulated network", failure.Status.Text, StringComparison.Ordinal);
    }
}
