using System.Diagnostics;

namespace Hawser.EndToEnd.Processes;

/// <summary>A program that a test has started; killed at the end if it still runs.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private readonly Process process;

    private RunningProcess(Process process)
    {
        this.process = process;
        Output = new LineLog(process.StandardOutput);
        Error = new LineLog(process.StandardError);
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public LineLog Output { get; }

    public LineLog Error { get; }

    public StreamWriter Input => process.StandardInput;

    /// <summary>Starts <c>hawser</c> with arguments.</summary>
    public static RunningProcess Hawser(params IEnumerable<string> arguments) => Start(Repository.Command, arguments, directory: null);

    /// <summary>Starts any program.</summary>
    public static RunningProcess Start(string program, IEnumerable<string> arguments, string? directory, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new RunningProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<CommandResult> WaitAsync(TimeSpan? limit = null)
    {
        await Patience.ForAsync(ExitAsync(), $"the end of '{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}'", limit);
        return new CommandResult(process.ExitCode, Output.Text, Error.Text);
    }

    /// <summary>Ends it in the middle of whatever it does, without a word to anybody.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: false);
        await WaitAsync();
    }

    /// <summary>Asks it to stop, as service managers do.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString()]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await Task.WhenAll(Output.Ended, Error.Ended);
        process.Dispose();
    }

    private async Task<bool> ExitAsync()
    {
        await process.WaitForExitAsync();
        await Task.WhenAll(Output.Ended, Error.Ended);
        return true;
    }
}
