using System.Diagnostics.CodeAnalysis;

namespace Hawser.Grpc.Server;

/// <summary>Finds what answers the path of a request: <c>/package.Service/Method</c>.</summary>
/// <remarks>Safe from any thread. The table is made anew when the registry has changed.</remarks>
internal sealed class GrpcRoutes(EndpointRegistry endpoints, IReadOnlyList<IServerInterceptor> interceptors)
{
    private volatile Table? table;

    internal bool TryFind(string path, [NotNullWhen(true)] out GrpcRoute? route)
    {
        var current = table;
        if (current is null || !ReferenceEquals(current.Snapshot, endpoints.Snapshot))
            table = current = Build();
        return current.Routes.TryGetValue(path, out route);
    }

    private Table Build()
    {
        // Taken before the endpoints are: a change in between makes the table again.
        var snapshot = endpoints.Snapshot;
        var routes = new Dictionary<string, GrpcRoute>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
            routes.Add("/" + endpoint.Method.FullName, new GrpcRoute(endpoint, InterceptorChain.Compose(endpoint, interceptors) ?? endpoint.InvokeAsync));
        return new Table(snapshot, routes);
    }

    private sealed record Table(object Snapshot, Dictionary<string, GrpcRoute> Routes);
}
