namespace Hawser.Interop.Tests.Languages;

/// <summary>grpc-js, which is written in TypeScript.</summary>
public sealed class NodeLanguage : Language
{
    private static readonly string directory = Repository.PathOf("tests", "Hawser.Interop", "node");

    public override string Name => "Node";

    internal override CommandLine Server => Script("server.js");

    internal override CommandLine Client => Script("client.js");

    private protected override Task<string?> PrepareAsync()
    {
        if (!CommandLine.Exists("node"))
            return Task.FromResult<string?>("Node.js is not installed; install nodejs and npm.");
        var installed = Directory.Exists(Path.Combine(directory, "node_modules", "@grpc", "grpc-js"));
        return Task.FromResult(installed ? null : "grpc-js is not installed; run ./test, or npm ci in tests/Hawser.Interop/node.");
    }

    private static CommandLine Script(string name) => new("node", Path.Combine(directory, name));
}
