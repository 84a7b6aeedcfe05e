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
        var parsed = Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync($"hawser: {UsageSentence(parsed)}");
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
    };

    private static string UsageSentence(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command.Name;
        var help = string.Equals(command, "hawser", StringComparison.Ordinal) ? "hawser --help" : $"hawser {command} --help";
        var unknown = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is not understood here" : null;
        return $"{unknown ?? MissingArgument(parsed) ?? parsed.Errors[0].Message.TrimEnd('.')}; see '{help}'.".ReplaceLineEndings(" ");
    }

    private static string? MissingArgument(ParseResult parsed)
    {
        var missing = parsed.CommandResult.Command.Arguments.FirstOrDefault(
            argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is not { Tokens.Count: > 0 });
        return missing is null ? null : $"{missing.Name} is missing";
    }
}
