using System.Text.RegularExpressions;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

/// <summary>The tables of <c>hawser watch</c>, on real terminals that are small.</summary>
public sealed partial class WatchTerminalTests
{
    [Theory]
    [InlineData(80, 24)]
    [InlineData(60, 20)]
    public async Task A_node_that_was_killed_is_seen_to_be_away(int columns, int rows)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "util-linux's 'script', which makes a terminal, is not installed.");
        await using var node = await RunningNode.StartAsync();
        await using var watch = RunningProcess.Start(
            "script",
            ["--quiet", "--flush", "--command", $"stty columns {columns} rows {rows} && exec '{Repository.Command}' watch {node.Tcp} --interval 50ms", "/dev/null"],
            directory: null,
            ("TERM", "xterm"));
        await watch.Output.WaitForAsync(line => Visible(line).StartsWith($"{node.Tcp}  ready", StringComparison.Ordinal), "the state");
        await watch.Output.WaitForAsync(line => Visible(line).StartsWith("│ this watch ", StringComparison.Ordinal), "a connection in one line");

        await node.Process.KillAsync();

        await watch.Output.WaitForAsync(line => Visible(line).StartsWith($"{node.Tcp}  reconnecting", StringComparison.Ordinal), "the watch to notice");
        Assert.All(watch.Output.Text.Split('\n'), line => Assert.InRange(Visible(line).Length, 0, columns));
    }

    /// <summary>A line without what steers the terminal.</summary>
    private static string Visible(string line) => Controls().Replace(line, "");

    [GeneratedRegex(@"\e\[[?0-9;]*[a-zA-Z]", RegexOptions.None, 1000)]
    private static partial Regex Controls();
}
