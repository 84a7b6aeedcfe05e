using System.Text.Json;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Failures;

public sealed class ReconnectTests
{
    [Fact]
    public async Task A_channel_finds_a_node_that_was_killed_and_started_again()
    {
        using var directory = new TemporaryDirectory();
        var address = $"unix:{directory.File("node.sock")}";
        await using var channel = HawserChannel.Connect(address);
        await using (var first = await RunningNode.StartAsync(address))
        {
            Assert.Equal(1, await EchoAsync(channel));
            await first.Process.KillAsync();
        }

        var failure = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(channel));
        Assert.Equal(StatusCode.Unavailable, failure.Code);

        await using var second = await RunningNode.StartAsync(address);
        await Patience.ForAsync(EchoUntilAnsweredAsync(channel), "the channel to find the second node");
    }

    private static async Task<int> EchoAsync(HawserChannel channel) =>
        (await channel.CallAsync<JsonElement, JsonElement>("Quickstart/Echo", JsonElement.Parse("1"))).GetInt32();

    private static async Task<int> EchoUntilAnsweredAsync(HawserChannel channel)
    {
        while (true)
        {
            try
            {
                return await EchoAsync(channel);
            }
            catch (RpcException exception) when (exception.NotRun)
            {
                // Too soon after the last attempt, says the channel.
                await Task.Yield();
            }
        }
    }
}
