using Hawser.Transports;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>A real server that listens on a port of its own, and hand-made requests to it.</summary>
internal sealed class GrpcTestServer : IAsyncDisposable
{
    private GrpcTestServer(HawserServer server, Uri address)
    {
        Server = server;
        Address = address;
        Requests = new GrpcRequests(address);
    }

    /// <summary>What a server's options need to listen for gRPC.</summary>
    public static IReadOnlyList<Wire> Wires { get; } = [new GrpcWire()];

    public HawserServer Server { get; }

    public Uri Address { get; }

    public GrpcRequests Requests { get; }

    public static async Task<GrpcTestServer> StartAsync(
        Action<HawserServer>? map = null, HawserServerOptions? options = null, string address = "grpc://127.0.0.1:0", ServerTransportOptions? transport = null)
    {
        var server = new HawserServer(options ?? new HawserServerOptions { Wires = Wires });
        server.Map("Test/Echo", (byte[] message) => message);
        map?.Invoke(server);
        return new GrpcTestServer(server, await server.ListenAsync(address, transport, TestContext.Current.CancellationToken));
    }

    /// <summary>Another client, with connections of its own.</summary>
    public GrpcRequests NewClient() => new(Address);

    /// <summary>A client below HTTP's rules.</summary>
    public Task<Http2Peer> OpenAsync() => Http2Peer.ConnectAsync(Address);

    /// <summary>Asserts that the server still serves, over a new connection.</summary>
    public async Task AssertServesAsync()
    {
        using var client = NewClient();
        Assert.Equal("still here", (await client.CallAsync("Test/Echo", "still here")).Text);
    }

    public async ValueTask DisposeAsync()
    {
        Requests.Dispose();
        await Server.DisposeAsync();
    }
}
