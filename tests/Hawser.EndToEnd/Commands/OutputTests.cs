using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

/// <summary>Standard output that cannot be written is not a bug of the command.</summary>
public sealed class OutputTests(SharedNode node)
{
    private const int CannotWrite = 73;

    public static TheoryData<string> Commands =>
    [
        "call URI Quickstart/Echo 1",
        "list URI",
        "describe URI Quickstart/Count",
        "bench URI Quickstart/Ping --calls 1 --warmup 0",
        "receive URI Quickstart/Download '{\"bytes\":1}' -",
        "watch URI --once",
        "--help",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_full_disk_is_told_of(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        var result = await HawserCommand.ShellAsync($"$HAWSER {At(command)} > /dev/full");
        Assert.Contains("No space left on device", result.FailedWith(CannotWrite), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_was_never_open_is_told_of() =>
        Assert.StartsWith("hawser: cannot write", (await HawserCommand.ShellAsync($"$HAWSER {At("call URI Quickstart/Echo 1")} >&-")).FailedWith(CannotWrite), StringComparison.Ordinal);

    private string At(string command) => command.Replace("URI", node.Tcp, StringComparison.Ordinal);
}
