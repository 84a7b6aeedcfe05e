namespace Hawser.Interop.Tests.Languages;

/// <summary>grpc-go, as Debian packages it; built without modules, and so without a network.</summary>
public sealed class GoLanguage : Language
{
    private const string Workspace = "/usr/share/gocode";

    private static readonly string output = Path.Combine(AppContext.BaseDirectory, "go");

    public override string Name => "Go";

    internal override CommandLine Server => new(Path.Combine(output, "server"));

    internal override CommandLine Client => new(Path.Combine(output, "client"));

    private protected override async Task<string?> PrepareAsync()
    {
        if (!CommandLine.Exists("go"))
            return "Go is not installed; install golang-go.";
        if (!Directory.Exists(Path.Combine(Workspace, "src", "google.golang.org", "grpc")))
            return "grpc-go is not installed; install golang-google-grpc-dev.";
        var build = new CommandLine("go", "build", "-o", output + Path.DirectorySeparatorChar, "./server", "./client")
        {
            Directory = Repository.PathOf("tests", "Hawser.Interop", "go"),
            Environment = [("GO111MODULE", "off"), ("GOPATH", Workspace), ("GOFLAGS", ""), ("CGO_ENABLED", "0")],
        };
        (await build.RunAsync()).Succeeded();
        return null;
    }
}
