using System.CommandLine;
using Hawser.Cli.Commands;

namespace Hawser.Cli;

/// <summary>The whole command: its subcommands, and the one place where failures become sentences and exit codes.</summary>
internal static class HawserCommand
{
    private const string Description = """
        Hawser: calls, streams and raw octets between programs.

        Start a node, then try it from another terminal:
          hawser up
          hawser call tcp://127.0.0.1:4772 Quickstart/Echo '{"text":"hi"}'
        """;

    /// <summary>Parses and runs one command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var parsed = Parse(arguments.Count > 0 ? arguments : ["--help"]);
        if (WrongUsage.Of(parsed) is { } wrong)
        {
            await Console.Error.WriteLineAsync($"hawser: {wrong}");
            return ExitCode.Usage;
        }

        using var interruption = new Interruption();
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(configuration, interruption.Token);
        }
        catch (Exception exception)
        {
            var failure = Failure.From(exception, interruption.Token.IsCancellationRequested);
            await Console.Error.WriteLineAsync(failure.Sentence);
            foreach (var line in failure.Details ?? [])
                await Console.Error.WriteLineAsync(line);
            if (Environment.GetEnvironmentVariable("HAWSER_DEBUG") is "1")
                await Console.Error.WriteLineAsync(exception.ToString());
            return failure.ExitCode;
        }
    }

    internal static ParseResult Parse(IReadOnlyList<string> arguments) =>
        Create().Parse(arguments, new ParserConfiguration
        {
            // "@file" is ours: the request's file, not more arguments.
            ResponseFileTokenReplacer = null,
        });

    private static Command Create() => new("hawser", Description)
    {
        DetailedHelp.CreateOption(),
        new VersionOption(),
        UpCommand.Create(),
        CallCommand.Create(),
        ListCommand.Create(),
        DescribeCommand.Create(),
        SendCommand.Create(),
        ReceiveCommand.Create(),
        BenchCommand.Create(),
        WatchCommand.Create(),
    };
}
