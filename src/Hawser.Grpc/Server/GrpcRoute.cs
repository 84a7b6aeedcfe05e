namespace Hawser.Grpc.Server;

/// <summary>What answers one path.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Handler">The endpoint behind the server's interceptors.</param>
internal sealed record GrpcRoute(Endpoint Endpoint, ServerCallHandler Handler)
{
    internal Method Method => Endpoint.Method;
}
