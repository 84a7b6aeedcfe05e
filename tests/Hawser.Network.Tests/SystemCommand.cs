namespace Hawser.Network.Tests;

/// <summary>Runs a command of the system's to its end.</summary>
internal static class SystemCommand
{
    public static async Task<CommandResult> TryAsync(string program, params string[] arguments)
    {
        await using var process = RunningProcess.Start(program, arguments, directory: null);
        process.Input.Close();
        return await process.WaitAsync();
    }

    public static async Task RunAsync(string program, params string[] arguments)
    {
        var result = await TryAsync(program, arguments);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed: {result.Error}");
    }
}
