using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

/// <summary>The script <c>./hawser</c>, in a checkout of its own whose <c>dotnet</c> only notes that it was called.</summary>
public sealed class LauncherTests : IDisposable
{
    private const int BuildFailed = 70;

    private readonly TemporaryDirectory directory = new();
    private readonly string checkout;

    public LauncherTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script needs a POSIX shell.");
        checkout = directory.File("checkout");
        Directory.CreateDirectory(Path.Combine(checkout, "src/Hawser.Cli/bin/Release"));
        foreach (var name in new[] { "hawser", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", ".editorconfig" })
            File.Copy(Repository.PathOf(name), Path.Combine(checkout, name));
        File.Copy(Repository.PathOf("src/Hawser.Cli/Hawser.Cli.csproj"), Path.Combine(checkout, "src/Hawser.Cli/Hawser.Cli.csproj"));
        Directory.CreateDirectory(Path.Combine(checkout, "samples/quickstart"));
        File.Copy(Repository.PathOf("samples/quickstart/quickstart.proto"), Path.Combine(checkout, "samples/quickstart/quickstart.proto"));

        // What a build would have made.
        Directory.CreateDirectory(Path.Combine(checkout, "src/Hawser.Cli/bin/Release/net10.0"));
        File.CreateSymbolicLink(Path.Combine(checkout, "src/Hawser.Cli/bin/Release/net10.0/hawser"), Repository.Command);
        FakeDotnet("echo called >>\"$CALLS\"");
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Builds_before_the_first_run_and_not_before_the_second()
    {
        Assert.StartsWith("0.", (await RunAsync("checkout/hawser --version")).Succeeded(), StringComparison.Ordinal);
        Assert.StartsWith("0.", (await RunAsync("checkout/hawser --version")).Succeeded(), StringComparison.Ordinal);
        Assert.Single(Builds());
    }

    [Fact]
    public async Task Builds_again_when_a_source_has_changed()
    {
        await RunAsync("checkout/hawser --version");
        await File.WriteAllTextAsync(Path.Combine(checkout, "src/Hawser.Cli/New.cs"), "");
        (await RunAsync("checkout/hawser --version")).Succeeded();
        Assert.Equal(2, Builds().Length);
    }

    [Fact]
    public async Task Runs_from_another_directory_and_keeps_arguments_whole()
    {
        var result = await RunAsync("cd / && \"$CHECKOUT/hawser\" call tcp://127.0.0.1:1 'No such/Method' '{\"a\": 1}'");
        Assert.Contains("'No such/Method'", result.FailedWith(64), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_through_a_symlink()
    {
        File.CreateSymbolicLink(directory.File("linked"), Path.Combine(checkout, "hawser"));
        Assert.StartsWith("0.", (await RunAsync("./linked --version")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_build_shows_the_compilers_messages_and_runs_nothing()
    {
        FakeDotnet("echo 'New.cs(1,1): error CS1002: ; expected'; exit 1");
        var result = await RunAsync("checkout/hawser --version");
        Assert.Equal(BuildFailed, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains("error CS1002", result.Error, StringComparison.Ordinal);
        Assert.Contains("hawser: the build failed", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_node_suggests_to_type_is_the_script_as_it_was_called()
    {
        (await RunAsync("checkout/hawser --version")).Succeeded();
        await using var node = RunningProcess.Start(
            "bash", ["-c", "exec checkout/hawser up --no-default-listen --listen tcp://127.0.0.1:0"], directory.Path);
        await node.Output.WaitForAsync(line => line.Contains("checkout/hawser list tcp://", StringComparison.Ordinal), "the suggestion");
        node.Terminate();
        (await node.WaitAsync()).Succeeded();
    }

    private void FakeDotnet(string script)
    {
        var path = directory.File("bin/dotnet");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string[] Builds() => File.ReadAllLines(directory.File("calls"));

    private Task<CommandResult> RunAsync(string script) =>
        HawserCommand.ShellAsync($"export PATH='{directory.File("bin")}':\"$PATH\" CALLS='{directory.File("calls")}' CHECKOUT='{checkout}'; {script}", directory.Path);
}
