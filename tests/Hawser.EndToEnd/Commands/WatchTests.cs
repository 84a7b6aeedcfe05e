using System.Text.Json;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

public sealed class WatchTests(SharedNode node)
{
    [Fact(Timeout = Hang)]
    public async Task A_look_at_a_node_is_one_line()
    {
        foreach (var address in new[] { node.Tcp, node.Unix, node.Grpc })
            Assert.Matches(@"^\d+ connections? · \d+ calls? in flight · ", (await HawserCommand.RunAsync("watch", address, "--once")).Succeeded());
    }

    [Fact(Timeout = Hang)]
    public async Task A_look_at_a_node_is_one_object_for_programs()
    {
        var watcher = JsonElement.Parse((await HawserCommand.RunAsync("watch", node.Tls, "--once", "--json", "--ca", node.Authority)).Succeeded());
        Assert.Equal("ready", watcher.GetProperty("state").GetString());
        Assert.Contains(watcher.GetProperty("connections").EnumerateArray(), connection => connection.GetProperty("is_watcher").GetBoolean() && connection.GetProperty("scheme").GetString() == "tls");
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_are_seen_by_who_watches()
    {
        await using var own = await RunningNode.StartAsync();
        await using var watch = RunningProcess.Hawser("watch", own.Tcp, "--json", "--interval", "50ms");
        await watch.Output.WaitForAsync(_ => true, "the first look");
        (await HawserCommand.RunAsync("call", own.Tcp, "Quickstart/Echo", "1")).Succeeded();
        var line = await watch.Output.WaitForAsync(text => text.Contains("Quickstart/Echo", StringComparison.Ordinal), "the call to be seen");
        Assert.Contains(JsonElement.Parse(line).GetProperty("methods").EnumerateArray(), method => method.GetProperty("name").GetString() == "Quickstart/Echo");
    }

    [Fact(Timeout = Hang)]
    public async Task A_node_that_was_killed_and_started_again_is_watched_on()
    {
        using var directory = new TemporaryDirectory();
        var address = $"unix:{directory.File("node.sock")}";
        await using var killed = await RunningNode.StartAsync(address);
        await using var watch = RunningProcess.Hawser("watch", address, "--interval", "50ms");
        await watch.Output.WaitForAsync(line => line.Contains("calls/s", StringComparison.Ordinal), "the first node");
        await killed.Process.KillAsync();
        await watch.Output.WaitForAsync(line => line.StartsWith("reconnecting (", StringComparison.Ordinal), "the watch to notice");
        await using var started = await RunningNode.StartAsync(address);
        await watch.Output.WaitForAsync(line => line.Contains("calls/s", StringComparison.Ordinal), "the second node");
        watch.Terminate();
        Assert.Equal("hawser: stopped", (await watch.WaitAsync()).FailedWith(130));
    }

    [Fact(Timeout = Hang)]
    public async Task A_node_that_stops_does_not_wait_for_who_watches()
    {
        await using var own = await RunningNode.StartAsync();
        await using var watch = RunningProcess.Hawser("watch", own.Tcp);
        await watch.Output.WaitForAsync(_ => true, "the first look");
        own.Process.Terminate();
        (await own.Process.WaitAsync()).Succeeded();
        await watch.Output.WaitForAsync(line => line.StartsWith("reconnecting (", StringComparison.Ordinal), "the watch to notice");
    }

    [Fact(Timeout = Hang)]
    public async Task A_node_that_must_not_be_watched_says_so()
    {
        await using var own = RunningProcess.Hawser("up", "--no-default-listen", "--listen", "tcp://127.0.0.1:0", "--no-watch");
        var listening = await own.Output.WaitForAsync(line => line.StartsWith("listening on ", StringComparison.Ordinal), "the node");
        Assert.Contains("cannot be watched", (await HawserCommand.RunAsync("watch", listening["listening on ".Length..])).FailedWith(12), StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Output_that_is_closed_ends_it() =>
        Assert.Equal("73\n", (await HawserCommand.ShellAsync($"$HAWSER watch {node.Tcp} --interval 50ms 2> /dev/null | head -n 1 > /dev/null; echo ${{PIPESTATUS[0]}}")).Output);

    [Theory(Timeout = Hang)]
    [InlineData("--interval", "1ms", "from 50ms to 1h")]
    [InlineData("--interval", "2h", "from 50ms to 1h")]
    [InlineData("--connections", "-1", "from 0 to 1000")]
    [InlineData("--methods", "many", "from 0 to 1000")]
    public async Task What_is_out_of_range_is_told(string option, string value, string range) =>
        Assert.Contains(range, (await HawserCommand.RunAsync("watch", node.Tcp, option, value)).FailedWith(64), StringComparison.Ordinal);
}
