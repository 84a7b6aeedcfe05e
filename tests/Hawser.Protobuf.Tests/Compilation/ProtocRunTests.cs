using System.Diagnostics;

namespace Hawser.Protobuf.Tests.Compilation;

/// <summary>What happens around protoc: with shell scripts in its place.</summary>
public sealed class ProtocRunTests : IDisposable
{
    private static readonly ProtoSources Sources = ProtoSources.FromText("syntax = \"proto3\";\nmessage A { }\n", "a.proto");

    private readonly string folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_missing_protoc_is_told_with_its_path()
    {
        var failure = await Assert.ThrowsAsync<FileNotFoundException>(() => new ProtoCompiler(new ProtoCompilerOptions(), folder).CompileAsync(Sources));
        Assert.Contains(Path.Combine(folder, "protoc"), failure.Message, StringComparison.Ordinal);
        Assert.Contains("HAWSER_PROTOC", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chosen_protoc_that_is_missing_is_told()
    {
        var path = Path.Combine(folder, "nothing");
        var failure = await Assert.ThrowsAsync<FileNotFoundException>(() => new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = path }).CompileAsync(Sources));
        Assert.Equal($"protoc, which compiles .proto files, is not at '{path}', where ProtoCompilerOptions.ProtocPath says.", failure.Message);
    }

    [Theory]
    [InlineData("linux-arm64/protoc")]
    [InlineData("linux-x64/protoc")]
    [InlineData("linux-x86/protoc")]
    [InlineData("osx/protoc")]
    [InlineData("win-x64/protoc.exe")]
    [InlineData("win-x86/protoc.exe")]
    [InlineData("include/google/protobuf/descriptor.proto")]
    public void Every_platform_s_protoc_is_beside_the_program(string path) =>
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "protoc", path)));

    [Fact]
    public void The_environment_chooses_when_the_options_do_not()
    {
        var (chosen, other) = (Path.Combine(folder, "chosen"), Path.Combine(folder, "other"));
        File.WriteAllText(chosen, "");
        File.WriteAllText(other, "");
        Assert.Equal(chosen, ProtocProgram.Find(new ProtoCompilerOptions(), folder, chosen).Path);
        Assert.Equal(other, ProtocProgram.Find(new ProtoCompilerOptions { ProtocPath = other }, folder, chosen).Path);
        var failure = Assert.Throws<FileNotFoundException>(() => ProtocProgram.Find(new ProtoCompilerOptions(), folder, chosen + "x"));
        Assert.Equal($"protoc, which compiles .proto files, is not at '{chosen}x', where the environment variable HAWSER_PROTOC says.", failure.Message);
    }

    [Fact]
    public async Task A_protoc_that_lost_its_permission_runs_all_the_same()
    {
        var path = Path.Combine(folder, "protoc");
        File.Copy(ProtocProgram.Find(new ProtoCompilerOptions(), AppContext.BaseDirectory).Path, path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.NotNull((await new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = path }).CompileAsync(Sources)).FindMessage("A"));
    }

    [Fact]
    public async Task Without_its_include_folder_the_well_known_types_are_there()
    {
        var path = ProtocProgram.Find(new ProtoCompilerOptions(), AppContext.BaseDirectory).Path;
        var compiler = new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = path }, folder);
        var sources = ProtoSources.FromText("syntax = \"proto3\";\nimport \"google/protobuf/any.proto\";\nmessage A { google.protobuf.Any b = 1; }\n");
        Assert.Equal(WellKnownType.Any, (await compiler.CompileAsync(sources)).FindMessage("A")!.FindField(1)!.MessageType!.WellKnownType);
    }

    [Fact]
    public async Task What_is_no_program_is_told()
    {
        var path = Path.Combine(folder, "protoc");
        File.WriteAllBytes(path, [1, 2, 3, 4]);
        var failure = await Assert.ThrowsAnyAsync<IOException>(() => new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = path }).CompileAsync(Sources));
        Assert.StartsWith($"protoc at '{path}' does not run here:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_protoc_that_fails_without_a_word_is_told()
    {
        var compiler = new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = Script("exit 3") });
        Assert.Equal("protoc ended with 3 and no message.", (await Assert.ThrowsAsync<IOException>(() => compiler.CompileAsync(Sources))).Message);
    }

    [Fact]
    public async Task Endless_messages_are_cut()
    {
        var compiler = new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = Script("i=0; while [ $i -lt 40 ]; do head -c 100000 /dev/zero | tr '\\0' x >&2; i=$((i+1)); done; exit 1") });
        var failure = await Assert.ThrowsAsync<ProtoCompilationException>(() => compiler.CompileAsync(Sources));
        Assert.Equal(1024 * 1024, failure.Diagnostics[0].Text.Length);
    }

    [Fact]
    public async Task Giving_up_kills_protoc_and_removes_its_folder()
    {
        var compiler = new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = Script($"echo $$ > {folder}/pid.part; pwd > {folder}/where; mv {folder}/pid.part {folder}/pid; while :; do sleep 100; done") });
        using var stop = new CancellationTokenSource();
        var compiling = compiler.CompileAsync(Sources, stop.Token);
        var pid = await ReadWhenWrittenAsync("pid");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => compiling);
        await GoneAsync(int.Parse(pid));
        var where = await ReadWhenWrittenAsync("where");
        await EventuallyAsync(() => !Directory.Exists(where.Trim()));
    }

    [Fact]
    public async Task Who_gives_up_does_not_stop_another_who_waits()
    {
        var real = ProtocProgram.Find(new ProtoCompilerOptions(), AppContext.BaseDirectory).Path;
        var compiler = new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = Script($"echo 1 > {folder}/pid.part; mv {folder}/pid.part {folder}/pid; while [ ! -e {folder}/go ]; do :; done; exec {real} \"$@\"") });
        using var stop = new CancellationTokenSource();
        var impatient = compiler.CompileAsync(Sources, stop.Token);
        var patient = compiler.CompileAsync(Sources);
        await ReadWhenWrittenAsync("pid");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        await File.WriteAllTextAsync(Path.Combine(folder, "go"), "");
        Assert.NotNull((await patient).FindMessage("A"));
    }

    [Fact]
    public async Task A_protoc_that_takes_too_long_is_stopped()
    {
        var compiler = new ProtoCompiler(new ProtoCompilerOptions { ProtocPath = Script("while :; do sleep 100; done"), Timeout = TimeSpan.FromMilliseconds(50) });
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => compiler.CompileAsync(Sources));
        Assert.Equal("protoc took more than 0.05 s and was stopped (ProtoCompilerOptions.Timeout).", failure.Message);
    }

    private string Script(string text)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The stand-ins for protoc are shell scripts.");
        var path = Path.Combine(folder, "protoc.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private async Task<string> ReadWhenWrittenAsync(string name)
    {
        var path = Path.Combine(folder, name);
        await EventuallyAsync(() => File.Exists(path));
        return await File.ReadAllTextAsync(path);
    }

    private static async Task GoneAsync(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // No process has the number any more.
        }
    }
}
