using System.Text.RegularExpressions;

namespace Hawser.Cli;

/// <summary>What a failed command says, in one line, and the exit code that it ends with.</summary>
internal readonly partial record struct Failure(int ExitCode, string Sentence)
{
    /// <summary>What stands below the sentence, a line each; null for nothing.</summary>
    public IReadOnlyList<string>? Details { get; private init; }

    /// <summary>Turns what ended a command into a sentence and an exit code.</summary>
    /// <param name="exception">What ended it.</param>
    /// <param name="interrupted">Whether the user asked it to stop.</param>
    public static Failure From(Exception exception, bool interrupted) => exception switch
    {
        CommandException command => new(command.ExitCode, "hawser: " + OneLine(Wording.ForUsers(command.Message))) { Details = Lines(command.Details) },
        OperationCanceledException or RpcException { Code: StatusCode.Cancelled } when interrupted => new(Cli.ExitCode.Interrupted, "hawser: stopped"),
        RpcException call => new((int)call.Code, OneLine(Wording.ForUsers(call.Status.ToString()))),
        CallFailedException call => new((int)call.Status.Code, OneLine(Wording.ForUsers(call.Status.ToString()))) { Details = Lines(call.Details) },
        // What cannot be read, reached or kept has a sentence already: standard output is left, which is full or was never open.
        IOException or UnauthorizedAccessException => new(Cli.ExitCode.CannotWrite, $"hawser: cannot write the output: {OneLine(exception.Message)}"),
        _ => new(
            Cli.ExitCode.InternalError,
            $"hawser: this is a bug in hawser ({exception.GetType().Name}: {OneLine(exception.Message)}); please report it with what HAWSER_DEBUG=1 adds to the output."),
    };

    private static List<string>? Lines(IReadOnlyList<string> details) => details.Count == 0 ? null : [.. details.Select(line => "  " + OneLine(line))];

    /// <summary>A text that stays on its line, whatever it is made of.</summary>
    internal static string OneLine(string text) => ControlCharacters().Replace(text.ReplaceLineEndings(" "), "\uFFFD");

    // A peer's text must not command the terminal.
    [GeneratedRegex(@"[\p{Cc}-[\t]]", RegexOptions.None, 1000)]
    private static partial Regex ControlCharacters();
}
