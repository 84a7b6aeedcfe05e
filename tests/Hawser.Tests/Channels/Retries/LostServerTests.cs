namespace Hawser.Tests.Channels.Retries;

/// <summary>One of two servers goes away between being chosen for a call and being given it, and cannot be connected to again.</summary>
public sealed class LostServerTests : RetryTest
{
    private const int Calls = 4;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_unary_call_goes_to_the_other(bool isAsked)
    {
        var (client, lost) = await OpenAsync(isAsked);

        for (var i = 0; i < Calls; i++)
        {
            lost.ReadyLooks = 1;
            Assert.Equal([9], await CallAsync(new ClientInvoker(client)));
        }

        Assert.True(lost.Chosen > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_does_any_other_call(bool isAsked)
    {
        var (client, lost) = await OpenAsync(isAsked);

        for (var i = 0; i < Calls; i++)
        {
            lost.ReadyLooks = 1;
            await using var call = await client.StartAsync(new Method(Echo, response: Body.Stream), default);
        }

        Assert.True(lost.Chosen > 0);
    }

    /// <summary>A retrying client over a balanced one whose two servers are connected to.</summary>
    private async Task<(RetryingClient Client, ScriptedServer Lost)> OpenAsync(bool isAsked)
    {
        var lost = new ScriptedServer(isAsked);
        var options = new HawserChannelOptions { TimeProvider = Clock, LoadBalancing = LoadBalancing.RoundRobin };
        var client = new BalancedClient([Set("tcp://127.0.0.1:1", lost), Set("tcp://127.0.0.1:2", new ScriptedServer(isAsked))], options);
        await client.OpenAsync(Token);
        return (new RetryingClient(client, options), lost);
    }

    private static ServerSet Set(string address, ScriptedServer server) => new(new Uri(address), address, HasName: false, _ => server);
}
