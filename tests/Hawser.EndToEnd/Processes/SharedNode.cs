using Hawser.EndToEnd.Processes;

[assembly: AssemblyFixture(typeof(SharedNode))]

namespace Hawser.EndToEnd.Processes;

/// <summary>One node for all tests that only call: it keeps nothing between calls.</summary>
public sealed class SharedNode : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();
    private RunningNode? node;

    /// <summary>Where it listens unencrypted.</summary>
    public string Tcp => node!.Tcp;

    /// <summary>Where it listens with a development certificate.</summary>
    public string Tls => node!.Tls;

    /// <summary>Its Unix socket.</summary>
    public string Unix => node!.Unix;

    /// <summary>Where it takes gRPC unencrypted.</summary>
    public string Grpc => node!.Grpc;

    /// <summary>Where it takes gRPC with a development certificate.</summary>
    public string GrpcTls => node!.GrpcTls;

    /// <summary>The file that clients trust its certificate with.</summary>
    public string Authority => directory.File("hawser-development.pem");

    public async ValueTask InitializeAsync() =>
        node = await RunningNode.StartAsync(
            ["tcp://127.0.0.1:0", "tls://localhost:0", $"unix:{directory.File("node.sock")}", "grpc://127.0.0.1:0", "grpcs://localhost:0"], directory.Path);

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
            await node.DisposeAsync();
        directory.Dispose();
    }
}
