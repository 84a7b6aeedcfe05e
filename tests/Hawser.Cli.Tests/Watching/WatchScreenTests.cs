using Hawser.Cli.Watching;
using Spectre.Console;
using Xunit;

namespace Hawser.Cli.Tests.Watching;

/// <summary>What a watch shows on terminals of different sizes.</summary>
public sealed class WatchScreenTests
{
    private const string Reason = "cannot reach tcp://127.0.0.1:4772: Nothing listens on tcp://127.0.0.1:4772 (connection refused).";

    /// <summary>Widths and heights of terminals.</summary>
    public static TheoryData<int, int> Terminals => new() { { 200, 50 }, { 120, 40 }, { 80, 24 }, { 60, 20 }, { 40, 15 }, { 24, 10 }, { 10, 6 } };

    [Theory]
    [MemberData(nameof(Terminals))]
    public void Nothing_is_wider_or_taller_than_the_terminal(int width, int height)
    {
        var lines = Draw(width, height, SnapshotOf(connections: 20, methods: 10));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        Assert.InRange(lines.Length, 1, height - 1);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(60, 20)]
    [InlineData(40, 15)]
    public void The_state_stands_first_when_the_node_is_away(int width, int height)
    {
        var lines = Draw(width, height, SnapshotOf(connections: 20, methods: 10), "reconnecting (backing off)", Reason);
        Assert.StartsWith("tcp://h:1  reconnecting", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines.Length, 1, height - 1);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(120)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public void Each_connection_takes_one_line(int width)
    {
        var lines = Draw(width, height: 50, SnapshotOf(connections: 5, methods: 3));
        Assert.Equal(5, lines.Count(line => line.StartsWith("│ tcp://127.0.0.1:5000", StringComparison.Ordinal) || line.StartsWith("│ this watch", StringComparison.Ordinal)));
        Assert.Equal(3, lines.Count(line => line.StartsWith("│ Service/Method", StringComparison.Ordinal)));
        Assert.Single(lines, line => line.Contains("this watch", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(120, "Age", "Served", "Started", "In flight", "Calls/s", "In", "Out", "Round trip")]
    [InlineData(112, "Age", "Served", "In flight", "Calls/s", "In", "Out", "Round trip")]
    [InlineData(100, "Age", "In flight", "Calls/s", "In", "Out", "Round trip")]
    [InlineData(90, "In flight", "Calls/s", "In", "Out", "Round trip")]
    [InlineData(80, "In flight", "Calls/s", "In", "Out")]
    [InlineData(60, "In flight", "Calls/s")]
    [InlineData(40, "Calls/s")]
    [InlineData(30)]
    public void The_narrower_the_terminal_the_fewer_columns(int width, params string[] columns)
    {
        var titles = Draw(width, height: 50, SnapshotOf(connections: 1, methods: 0)).Single(line => line.Contains("Connection", StringComparison.Ordinal));
        Assert.Equal(["Connection", .. columns], titles.Split('│', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public void Totals_are_broken_between_two_of_them()
    {
        var lines = Draw(80, 24, SnapshotOf(connections: 1, methods: 0));
        Assert.Equal("1 connection · 21 calls in flight · 227,981 calls/s · 0 failed/s · in 15.7 MiB/s", lines[1]);
        Assert.Equal("out 15.4 MiB/s", lines[2]);
    }

    [Fact]
    public void An_address_that_is_too_long_keeps_its_port()
    {
        var snapshot = new ServerSnapshot { ConnectionCount = 1, Connections = [new() { Id = 1, RemoteAddress = "tcp://[2001:db8:85a3:8d3:1319:8a2e:370:7348]:58876", Scheme = "tcp" }] };
        Assert.Contains(Draw(80, 24, snapshot), line => line.Contains("│ tcp://[2001:d…0:7348]:58876 │", StringComparison.Ordinal));
    }

    [Fact]
    public void What_there_is_no_room_for_is_counted()
    {
        var lines = Draw(80, 24, SnapshotOf(connections: 20, methods: 10) with { ConnectionCount = 1020 });
        var connections = lines.Count(line => line.StartsWith("│ tcp://", StringComparison.Ordinal) || line.Contains("this watch", StringComparison.Ordinal));
        var methods = lines.Count(line => line.StartsWith("│ Service/", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Trim() == $"and {1020 - connections:#,0} more, less busy");
        Assert.Contains(lines, line => line.Trim() == $"and {10 - methods} more, called less");
    }

    [Theory]
    [InlineData(20, 3, 2, 3, 2)]
    [InlineData(13, 3, 2, 3, 2)]
    [InlineData(20, 20, 10, 7, 3)]
    [InlineData(19, 2, 10, 2, 7)]
    [InlineData(20, 20, 1, 9, 1)]
    [InlineData(20, 20, 0, 15, 0)]
    [InlineData(20, 0, 20, 0, 15)]
    [InlineData(12, 20, 10, 1, 1)]
    [InlineData(11, 20, 10, 6, 0)]
    [InlineData(5, 20, 10, 0, 0)]
    [InlineData(-3, 20, 10, 0, 0)]
    [InlineData(-3, 0, 10, 0, 0)]
    public void Both_tables_share_the_lines(int lines, int connections, int methods, int shownConnections, int shownMethods) =>
        Assert.Equal(new WatchRows(shownConnections, shownMethods), WatchRows.Fit(lines, connections, methods, hidden: 0));

    private static ServerSnapshot SnapshotOf(int connections, int methods) => new()
    {
        ConnectionCount = connections,
        CallsInFlight = 21,
        CallsPerSecond = 227_981,
        FailuresPerSecond = 0,
        BytesReceivedPerSecond = 16_462_643,
        BytesSentPerSecond = 16_148_070,
        Connections =
        [
            .. Enumerable.Range(0, connections).Select(i => new ConnectionSnapshot
            {
                Id = i,
                RemoteAddress = $"tcp://127.0.0.1:{50_000 + i}",
                Scheme = "tcp",
                AgeSeconds = 754,
                CallsServed = 684_208,
                CallsPerSecond = 57_101,
                BytesReceivedPerSecond = 4_110_417,
                BytesSentPerSecond = 4_036_977,
                RoundTripMilliseconds = 0.25,
                IsWatcher = i == 0,
            }),
        ],
        Methods = [.. Enumerable.Range(0, methods).Select(i => new MethodSnapshot { Name = $"Service/Method{i}", CallsEnded = 1_234_567, MeanMilliseconds = 0.25 })],
    };

    private static string[] Draw(int width, int height, ServerSnapshot snapshot, string state = "ready", string? reason = null)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Profile.Height = height;
        console.Write(new WatchScreen("tcp://h:1", state, snapshot, reason, isBounded: true));
        return text.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n');
    }
}
