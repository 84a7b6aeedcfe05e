using System.Text;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Documents;

/// <summary>Every command that a document shows does what the document shows.</summary>
public sealed class ConsoleBlockTests(SharedNode node)
{
    private const string Prompt = "$ ";
    private const string StartsNode = "./hawser up";
    private const string DefaultPort = ":4772";
    private const string DefaultGrpcPort = ":4770";

    public static TheoryData<string, int> Blocks =>
        [.. MarkdownDocument.All.SelectMany(document => ConsoleBlocks(document).Select((_, i) => new TheoryDataRow<string, int>(document.Name, i)))];

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Commands_do_what_the_document_shows(string document, int index)
    {
        var block = ConsoleBlocks(MarkdownDocument.Find(document)).ElementAt(index);
        var where = $"{document}, line {block.LineNumber}";
        var steps = ReadSteps(block);
        if (steps[0].Command.StartsWith(StartsNode, StringComparison.Ordinal))
            await AssertNodeStartsAsync(Assert.Single(steps), where);
        else
            await AssertCommandsRunAsync(steps, where);
    }

    private static IEnumerable<FencedBlock> ConsoleBlocks(MarkdownDocument document) => document.Blocks.Where(block => block.Language == "console");

    private static List<(string Command, List<string> Output)> ReadSteps(FencedBlock block)
    {
        var steps = new List<(string Command, List<string> Output)>();
        foreach (var line in block.Lines)
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
                steps.Add((line[Prompt.Length..], []));
            else
                steps[^1].Output.Add(line);
        }

        return steps;
    }

    private static string PortOf(string address) => address[address.LastIndexOf(':')..];

    // The same command on a free port; what it prints is compared as if it were the usual one.
    private static async Task AssertNodeStartsAsync((string Command, List<string> Output) step, string where)
    {
        using var directory = new TemporaryDirectory();
        var arguments = step.Command[StartsNode.Length..].Replace("/run/", directory.Path + "/", StringComparison.Ordinal);
        await using var process = RunningProcess.Start(
            "bash", ["-c", $"exec '{Repository.Command}' up --no-default-listen --listen tcp://127.0.0.1:0 --listen grpc://127.0.0.1:0 {arguments}"], directory.Path, ("HAWSER_COMMAND", "./hawser"));
        var first = await process.Output.WaitForAsync(line => line.StartsWith("listening on tcp:", StringComparison.Ordinal), "the node to listen");
        var second = await process.Output.WaitForAsync(line => line.StartsWith("listening on grpc:", StringComparison.Ordinal), "the node to take gRPC");
        await process.Output.WaitForAsync(line => line.StartsWith("Ctrl-C", StringComparison.Ordinal), "the end of the greeting");
        process.Terminate();
        var result = await process.WaitAsync();
        ExpectedOutput.AssertMatches(
            step.Output,
            result.Succeeded().Replace(PortOf(first), DefaultPort, StringComparison.Ordinal).Replace(PortOf(second), DefaultGrpcPort, StringComparison.Ordinal).Replace(directory.Path + "/", "/run/", StringComparison.Ordinal) + "\n",
            where);
    }

    private async Task AssertCommandsRunAsync(List<(string Command, List<string> Output)> steps, string where)
    {
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory.File("hawser"), Repository.Command);
        File.CreateSymbolicLink(directory.File("samples"), Repository.PathOf("samples"));
        var script = new StringBuilder();
        foreach (var (step, _) in steps.Index())
            script.Append($"(exit ${{code:-0}}); {ForSharedNode(steps[step].Command)}\ncode=$?; echo '@@{step}'\n");
        var result = await HawserCommand.ShellAsync($"exec 2>&1\n{script}", directory.Path);
        var rest = result.Output.Replace(PortOf(node.Tcp), DefaultPort, StringComparison.Ordinal).Replace(PortOf(node.Grpc), DefaultGrpcPort, StringComparison.Ordinal);
        foreach (var (step, (command, expected)) in steps.Index())
        {
            var end = rest.IndexOf($"@@{step}\n", StringComparison.Ordinal);
            Assert.True(end >= 0, $"{where}: '{command}' did not end: {rest}");
            ExpectedOutput.AssertMatches(expected, rest[..end], $"{where}: '{command}'");
            rest = rest[(end + $"@@{step}\n".Length)..];
        }
    }

    private string ForSharedNode(string command) => command
        .Replace(DefaultPort, PortOf(node.Tcp), StringComparison.Ordinal)
        .Replace(DefaultGrpcPort, PortOf(node.Grpc), StringComparison.Ordinal);
}
