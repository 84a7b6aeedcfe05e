namespace Hawser.EndToEnd.Processes;

/// <summary>Runs <c>hawser</c> to its end.</summary>
internal static class HawserCommand
{
    public static Task<CommandResult> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Runs it with a text as its standard input.</summary>
    public static async Task<CommandResult> RunWithInputAsync(string input, params string[] arguments)
    {
        await using var process = RunningProcess.Hawser(arguments);
        try
        {
            await process.Input.WriteAsync(input);
            process.Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input; what it said about that is what the test looks at.
        }

        return await process.WaitAsync();
    }

    /// <summary>Runs a line of shell, in which <c>$HAWSER</c> is the command: for pipes and redirections.</summary>
    public static async Task<CommandResult> ShellAsync(string script, string? directory = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no POSIX shell on Windows.");
        await using var process = RunningProcess.Start("bash", ["-c", script], directory, ("HAWSER", Repository.Command));
        process.Input.Close();
        return await process.WaitAsync();
    }
}
