namespace Hawser.Interop.Tests.Languages;

/// <summary>A program with its arguments.</summary>
internal sealed record CommandLine(string Program, params string[] Arguments)
{
    public (string Name, string Value)[] Environment { get; init; } = [];

    public string? Directory { get; init; }

    public CommandLine With(params string[] more) => this with { Arguments = [.. Arguments, .. more] };

    public RunningProcess Start() => RunningProcess.Start(Program, Arguments, Directory, Environment);

    public async Task<CommandResult> RunAsync()
    {
        await using var process = Start();
        process.Input.Close();
        return await process.WaitAsync();
    }

    /// <summary>Whether a command of this name can be started.</summary>
    public static bool Exists(string command) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, command)));
}
