namespace Hawser.Cli;

/// <summary>The command cannot go on, for a reason that its user can do something about.</summary>
internal sealed class CommandException(int exitCode, string sentence, Exception? innerException = null) : Exception(sentence, innerException)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What is shown below the sentence, a line each; mostly nothing.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
