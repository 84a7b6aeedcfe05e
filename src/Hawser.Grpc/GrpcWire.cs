using Hawser.Grpc.Client;
using Hawser.Grpc.Server;
using Hawser.Transports;

namespace Hawser.Grpc;

/// <summary>gRPC over HTTP/2: addresses <c>grpc://host:port</c> without and <c>grpcs://host:port</c> with TLS.</summary>
/// <remarks>
/// Safe from any thread; one instance serves any number of servers and channels. Source: the gRPC project's "gRPC over HTTP2" protocol.
/// Octets travel as messages, one per piece. Calls from the server to the client have no place in gRPC.
/// </remarks>
public sealed class GrpcWire : Wire
{
    /// <summary>Addresses without TLS.</summary>
    internal const string PlainScheme = "grpc";

    /// <summary>Addresses with TLS.</summary>
    internal const string SecureScheme = "grpcs";

    /// <summary>How calls are made; the defaults unless set.</summary>
    public GrpcClientOptions Client { get; init; } = new();

    /// <summary>How calls are served; the defaults unless set.</summary>
    public GrpcServerOptions Server { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Schemes { get; } = [PlainScheme, SecureScheme];

    internal override WireClient Connect(Uri address, HawserChannelOptions options, EndpointRegistry endpoints) => new GrpcClient(address, Client, options);

    internal override ValueTask<WireListener> ListenAsync(
        Uri address, HawserServerOptions options, EndpointRegistry endpoints, ServerTransportOptions transport, CancellationToken cancellationToken) =>
        GrpcListener.StartAsync(address, Server, options, endpoints, transport, cancellationToken);
}
