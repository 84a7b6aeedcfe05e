using System.Net;
using Hawser.Grpc.Client;
using Hawser.Grpc.Server;
using Hawser.Transports;

namespace Hawser.Grpc;

/// <summary>gRPC over HTTP/2: addresses <c>grpc://host:port</c> without and <c>grpcs://host:port</c> with TLS.</summary>
/// <remarks>
/// Servers speak gRPC-Web as well, so that browsers can call: on <c>grpcs://</c> over HTTP/1.1 and HTTP/2, on <c>grpc://</c> over HTTP/2, and, without TLS, over HTTP/1.1 on
/// addresses <c>http://host:port</c>, which can be listened on but not connected to.
/// Safe from any thread; one instance serves any number of servers and channels. Source: the gRPC project's "gRPC over HTTP2" protocol.
/// Octets travel as messages, one per piece. Calls from the server to the client have no place in gRPC.
/// </remarks>
public sealed class GrpcWire : Wire
{
    /// <summary>Addresses without TLS.</summary>
    internal const string PlainScheme = "grpc";

    /// <summary>Addresses with TLS.</summary>
    internal const string SecureScheme = "grpcs";

    /// <summary>Addresses that are listened on for gRPC-Web over HTTP/1.1, without TLS.</summary>
    internal const string WebScheme = "http";

    /// <summary>How calls are made; the defaults unless set.</summary>
    public GrpcClientOptions Client { get; init; } = new();

    /// <summary>How calls are served; the defaults unless set.</summary>
    public GrpcServerOptions Server { get; init; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Schemes { get; } = [PlainScheme, SecureScheme, WebScheme];

    internal override ChannelClient Connect(Uri address, IPAddress? host, HawserChannelOptions options, EndpointRegistry endpoints, ChannelCallbacks callbacks) =>
        string.Equals(address.Scheme, WebScheme, StringComparison.Ordinal)
            ? throw new ArgumentException($"'{address.OriginalString}' is listened on for browsers; a channel connects to grpc://host:port or grpcs://host:port.", nameof(address))
            : new GrpcClient(address, host, Client, options, callbacks);

    internal override ValueTask<WireListener> ListenAsync(
        Uri address, HawserServerOptions options, EndpointRegistry endpoints, ServerConnections connections, ServerTransportOptions transport, CancellationToken cancellationToken) =>
        GrpcListener.StartAsync(address, Server, options, endpoints, connections, transport, cancellationToken);
}
