namespace Hawser.Cli;

/// <summary>What a failed command says, in one line, and the exit code that it ends with.</summary>
internal readonly record struct Failure(int ExitCode, string Sentence)
{
    /// <summary>Turns what ended a command into a sentence and an exit code.</summary>
    /// <param name="exception">What ended it.</param>
    /// <param name="interrupted">Whether the user asked it to stop.</param>
    public static Failure From(Exception exception, bool interrupted) => exception switch
    {
        CommandException command => new(command.ExitCode, "hawser: " + OneLine(command.Message)),
        OperationCanceledException or RpcException { Code: StatusCode.Cancelled } when interrupted => new(Cli.ExitCode.Interrupted, "hawser: stopped"),
        RpcException call => new((int)call.Code, OneLine(call.Status.ToString())),
        _ => new(
            Cli.ExitCode.InternalError,
            $"hawser: this is a bug in hawser ({exception.GetType().Name}: {OneLine(exception.Message)}); please report it with what HAWSER_DEBUG=1 adds to the output."),
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
