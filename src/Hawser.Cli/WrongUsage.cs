using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Hawser.Cli.Grpc;

namespace Hawser.Cli;

/// <summary>Says what is wrong with a command line.</summary>
internal static partial class WrongUsage
{
    /// <summary>One sentence that names it and where help is; null when nothing is wrong, or help is asked for.</summary>
    public static string? Of(ParseResult parsed)
    {
        var unknown = parsed.Action is DetailedHelp ? null : UnknownOption(parsed) ?? (parsed.UnmatchedTokens is [var first, ..] ? first : null);
        if (unknown is null && parsed.Errors.Count == 0)
            return null;
        var command = parsed.CommandResult.Command;
        var sentence = unknown is null
            ? MissingArgument(parsed) ?? parsed.Errors[0].Message.TrimEnd('.')
            : $"'{unknown}' is not understood here{Nearest(unknown, command)}";
        var help = command is Subcommand ? $"hawser {command.Name} --help" : "hawser --help";
        return $"{sentence}; see '{help}'.".ReplaceLineEndings(" ");
    }

    /// <summary>A misspelt option, which the parser takes for an argument where one may come. After <c>--</c> nothing is an option.</summary>
    private static string? UnknownOption(ParseResult parsed) => parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)
        ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value).FirstOrDefault(OptionName().IsMatch);

    [GeneratedRegex("^--?[a-z]", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex OptionName();

    /// <summary>What a misspelt option or subcommand may have meant.</summary>
    private static string Nearest(string unknown, Command command)
    {
        var names = unknown.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(subcommand => subcommand.Name);
        return Suggestions.Nearest(unknown.Split('=')[0], names) is [var nearest, ..] ? $" (did you mean '{nearest}'?)" : "";
    }

    private static string? MissingArgument(ParseResult parsed)
    {
        var missing = parsed.CommandResult.Command.Arguments.FirstOrDefault(
            argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is not { Tokens.Count: > 0 });
        return missing is null ? null : $"{missing.Name} is missing";
    }
}
