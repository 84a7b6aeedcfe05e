using Hawser.Cli.Watching;
using Spectre.Console;
using Xunit;

namespace Hawser.Cli.Tests.Watching;

public sealed class TableDisplayTests
{
    private const string EraseScreen = "\e[2J\e[H";

    private static readonly ServerSnapshot Snapshot = new() { ConnectionCount = 1, Connections = [new() { Id = 1, RemoteAddress = "tcp://10.0.0.1:5", Scheme = "tcp" }] };

    private readonly StringWriter output = new();
    private readonly IAnsiConsole console;
    private readonly TableDisplay display;

    public TableDisplayTests()
    {
        console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 80;
        console.Profile.Height = 24;
        display = new TableDisplay("tcp://h:1", console);
    }

    [Fact]
    public void What_stands_on_the_terminal_before_is_left_there()
    {
        display.ShowConnecting();
        Assert.Equal("tcp://h:1  connecting\n", Drawn());
    }

    [Fact]
    public void Each_look_is_drawn_over_all_lines_of_the_one_before()
    {
        display.ShowConnecting();
        Drawn();
        display.ShowSnapshot(Snapshot);
        var first = Drawn();
        Assert.StartsWith("\r\e[1A\e[J", first, StringComparison.Ordinal);
        display.ShowWaiting("reconnecting", ChannelState.BackingOff, "gone");
        Assert.StartsWith($"\r\e[{first.Count(letter => letter == '\n')}A\e[Jtcp://h:1  reconnecting (backing off): gone", Drawn(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 24)]
    [InlineData(80, 20)]
    [InlineData(120, 40)]
    public void On_a_terminal_of_another_size_everything_is_drawn_anew(int width, int height)
    {
        display.ShowSnapshot(Snapshot);
        Drawn();
        console.Profile.Width = width;
        console.Profile.Height = height;
        display.ShowSnapshot(Snapshot);
        Assert.StartsWith(EraseScreen + "tcp://h:1  ready", Drawn(), StringComparison.Ordinal);
        display.ShowSnapshot(Snapshot);
        Assert.DoesNotContain(EraseScreen, Drawn(), StringComparison.Ordinal);
    }

    /// <summary>What was drawn since it was asked last.</summary>
    private string Drawn()
    {
        var text = output.ToString().Replace(Environment.NewLine, "\n", StringComparison.Ordinal);
        output.GetStringBuilder().Clear();
        return System.Text.RegularExpressions.Regex.Replace(text, "\e\\[[0-9;]*m", "");
    }
}
