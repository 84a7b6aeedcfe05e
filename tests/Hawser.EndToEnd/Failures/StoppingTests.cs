using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Failures;

public sealed class StoppingTests
{
    [Fact]
    public async Task A_terminated_node_lets_the_calls_in_flight_finish()
    {
        await using var node = await RunningNode.StartAsync();
        await using var chat = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat");
        await EchoAsync(chat, "1");

        node.Process.Terminate();
        await node.Process.Error.WaitForAsync(line => line.StartsWith("hawser: stopping", StringComparison.Ordinal), "the word that the node stops");
        await EchoAsync(chat, "2");
        chat.Input.Close();
        (await chat.WaitAsync()).Succeeded();
        (await node.Process.WaitAsync()).Succeeded();
    }

    [Fact]
    public async Task A_terminated_node_resets_calls_that_do_not_end()
    {
        await using var node = await RunningNode.StartAsync();
        await using var chat = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat");
        await EchoAsync(chat, "1");
        node.Process.Terminate();
        Assert.StartsWith("Unavailable: ", (await chat.WaitAsync()).FailedWith(14), StringComparison.Ordinal);
        (await node.Process.WaitAsync()).Succeeded();
    }

    [Fact]
    public async Task A_stopped_node_leaves_no_socket_file_behind()
    {
        using var directory = new TemporaryDirectory();
        await using var node = await RunningNode.StartAsync($"unix:{directory.File("node.sock")}");
        node.Process.Terminate();
        (await node.Process.WaitAsync()).Succeeded();
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task A_node_starts_where_a_killed_one_left_its_socket_file()
    {
        using var directory = new TemporaryDirectory();
        var address = $"unix:{directory.File("node.sock")}";
        await using (var killed = await RunningNode.StartAsync(address))
            await killed.Process.KillAsync();
        await using var node = await RunningNode.StartAsync(address);
        (await HawserCommand.RunAsync("call", node.Unix, "Quickstart/Echo", "1")).Succeeded();
    }

    [Fact]
    public async Task An_interrupted_caller_ends_with_130()
    {
        await using var node = await RunningNode.StartAsync();
        await using var chat = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat");
        await EchoAsync(chat, "1");
        chat.Terminate();
        Assert.Equal("hawser: stopped", (await chat.WaitAsync()).FailedWith(130));
    }

    private static async Task EchoAsync(RunningProcess chat, string line)
    {
        await chat.Input.WriteLineAsync(line);
        await chat.Input.FlushAsync();
        await chat.Output.WaitForAsync(answer => answer == line, "the echo");
    }
}
