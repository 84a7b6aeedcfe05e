namespace Hawser.Interop.Tests.Languages;

/// <summary>grpcio, as Debian packages it: on top of gRPC's core in C.</summary>
public sealed class PythonLanguage : Language
{
    // Debian's packages belong to Debian's Python, which need not be the first on the PATH.
    private const string Interpreter = "/usr/bin/python3";

    public override string Name => "Python";

    internal override CommandLine Server => Script("server.py");

    internal override CommandLine Client => Script("client.py");

    private protected override async Task<string?> PrepareAsync()
    {
        const string Install = "install python3, python3-grpcio and python3-protobuf";
        if (!File.Exists(Interpreter))
            return $"{Interpreter} does not exist; {Install}.";
        var imports = await new CommandLine(Interpreter, "-c", "import grpc, google.protobuf").RunAsync();
        return imports.ExitCode == 0 ? null : $"{Interpreter} has no grpc or no google.protobuf; {Install}.";
    }

    private static CommandLine Script(string name) =>
        new(Interpreter, Repository.PathOf("tests", "Hawser.Interop", "python", name), "--descriptors", Path.Combine(AppContext.BaseDirectory, "test.pb"));
}
