using Hawser.Node;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class NodeTests
{
    [Fact]
    public async Task A_node_does_not_start_half_when_one_address_is_refused()
    {
        await using var node = new HawserNode(new HawserNodeOptions { Listen = ["tcp://127.0.0.1:0", "tcp://0.0.0.0:0"] });
        await Assert.ThrowsAsync<ArgumentException>(() => node.StartAsync(TestContext.Current.CancellationToken));
        Assert.Empty(node.Addresses);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_refused()
    {
        await using var node = new HawserNode(new HawserNodeOptions { Directory = Path.Combine(AppContext.BaseDirectory, "missing") });
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => node.StartAsync(TestContext.Current.CancellationToken));
    }
}
