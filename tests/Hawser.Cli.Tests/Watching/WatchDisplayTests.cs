using System.Text;
using System.Text.Json;
using Hawser.Cli.Watching;
using Spectre.Console;
using Xunit;

namespace Hawser.Cli.Tests.Watching;

public sealed class WatchDisplayTests
{
    private static readonly ServerSnapshot Snapshot = new()
    {
        ConnectionCount = 3,
        CallsInFlight = 1,
        CallsEnded = 7,
        CallsPerSecond = 1234.2,
        FailuresPerSecond = 0.5,
        BytesSentPerSecond = 2048,
        Connections =
        [
            new() { Id = 1, RemoteAddress = "tcp://10.0.0.1:5", Scheme = "tcp", AgeSeconds = 65, CallsServed = 4, RoundTripMilliseconds = 1.5 },
            new() { Id = 2, RemoteAddress = "tcp://[::1]:\u001b[31m", Scheme = "tcp", IsWatcher = true },
        ],
        Methods = [new() { Name = "A/B", CallsEnded = 7, CallsFailed = 2, MeanMilliseconds = 0.25 }],
    };

    private readonly MemoryStream output = new();

    [Fact]
    public void Totals_fit_in_a_line()
    {
        new LineDisplay(new LineOutput(output)).ShowSnapshot(Snapshot);
        Assert.Equal("3 connections · 1 call in flight · 1,234 calls/s · 0.5 failed/s · in – · out 2.00 KiB/s", Assert.Single(Lines));
    }

    [Fact]
    public void A_node_that_is_away_is_a_line_that_commands_no_terminal()
    {
        new LineDisplay(new LineOutput(output)).ShowWaiting("reconnecting", ChannelState.BackingOff, "gone\n\u001b[31m");
        Assert.Equal("reconnecting (backing off): gone \uFFFD[31m", Assert.Single(Lines));
    }

    [Fact]
    public void Json_has_the_state_and_every_figure_in_a_line()
    {
        var display = new JsonDisplay(new LineOutput(output));
        display.ShowSnapshot(Snapshot);
        display.ShowWaiting("reconnecting", ChannelState.BackingOff, "gone");
        var ready = JsonElement.Parse(Lines[0]);
        Assert.Equal("ready", ready.GetProperty("state").GetString());
        Assert.Equal(1234.2, ready.GetProperty("calls_per_second").GetDouble());
        Assert.Equal(JsonValueKind.Null, ready.GetProperty("bytes_received_per_second").ValueKind);
        Assert.Equal(1.5, ready.GetProperty("connections")[0].GetProperty("round_trip_milliseconds").GetDouble());
        Assert.Equal("""{"state":"reconnecting","channel":"backing off","reason":"gone"}""", Lines[1]);
    }

    [Fact]
    public void A_table_shows_the_busiest_connections_and_says_how_many_it_does_not_show()
    {
        var table = Draw("ready", Snapshot, reason: null);
        Assert.Contains("tcp://10.0.0.1:5", table, StringComparison.Ordinal);
        Assert.Contains("1:05", table, StringComparison.Ordinal);
        Assert.Contains("1.50 ms", table, StringComparison.Ordinal);
        Assert.Contains("(this watch)", table, StringComparison.Ordinal);
        Assert.Contains("and 1 more, less busy", table, StringComparison.Ordinal);
        Assert.Contains("250 µs", table, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table);
    }

    [Fact]
    public void A_node_that_is_away_keeps_its_last_figures_on_the_screen()
    {
        var table = Draw("reconnecting", Snapshot, "[nobody] is there");
        Assert.Contains("reconnecting: [nobody] is there", table, StringComparison.Ordinal);
        Assert.Contains("before: 3 connections", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_the_first_snapshot_there_is_only_the_address() =>
        Assert.Equal("tcp://h:1  connecting", Draw("connecting", snapshot: null, reason: null).Trim());

    [Fact]
    public void Output_that_nobody_reads_any_more_ends_the_watch()
    {
        using var closed = new ClosedStream();
        Assert.Equal(ExitCode.CannotWrite, Assert.Throws<CommandException>(() => new LineOutput(closed).WriteLine("x")).ExitCode);
    }

    private string[] Lines => Encoding.UTF8.GetString(output.ToArray()).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    private static string Draw(string state, ServerSnapshot? snapshot, string? reason)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 160;
        console.Write(new WatchScreen("tcp://h:1", state, snapshot, reason, isBounded: false));
        return text.ToString();
    }

    private sealed class ClosedStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
