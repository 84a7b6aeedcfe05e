using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

/// <summary>The sample in Python, with the commands that its document shows.</summary>
public sealed class PythonClientTests(SharedNode node)
{
    // The system's own: packages of the distribution are seen by no other.
    private const string Interpreter = "/usr/bin/python3";

    [Fact]
    public async Task The_sample_in_Python_calls_the_node()
    {
        Assert.SkipUnless(File.Exists(Interpreter), $"There is no {Interpreter}; install python3, python3-grpcio and python3-protobuf.");
        using var directory = new TemporaryDirectory();
        await using var imports = RunningProcess.Start(Interpreter, ["-c", "import grpc, google.protobuf"], directory.Path);
        Assert.SkipUnless((await imports.WaitAsync()).ExitCode == 0, "Python has no gRPC; install python3-grpcio and python3-protobuf.");

        (await HawserCommand.RunAsync(
            "describe", "--proto", Repository.PathOf("samples", "quickstart", "quickstart.proto"), "--descriptor-set-out", directory.File("quickstart.pb"))).Succeeded();
        await using var client = RunningProcess.Start(
            Interpreter, [Repository.PathOf("samples", "quickstart", "client.py"), "quickstart.pb", node.Grpc["grpc://".Length..]], directory.Path);
        Assert.Equal("total 6", (await client.WaitAsync()).Succeeded());
    }
}
