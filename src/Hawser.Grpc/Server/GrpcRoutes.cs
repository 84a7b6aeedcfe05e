using System.Diagnostics.CodeAnalysis;
using Hawser.Grpc.Contracts;
using Hawser.Grpc.Protocol;
using Hawser.Grpc.Reflection;
using Hawser.Protobuf;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Server;

/// <summary>Finds what answers the path of a request: <c>/package.Service/Method</c>.</summary>
/// <remarks>Safe from any thread. The table is made anew when the registry has changed.</remarks>
internal sealed class GrpcRoutes(
    EndpointRegistry endpoints, IReadOnlyList<IServerInterceptor> interceptors, IReadOnlyList<ProtoSchema> contracts, ILogger logger)
{
    private readonly List<Endpoint> builtIn = [];
    private volatile Table? table;

    /// <summary>What reflection tells of everything that is found here.</summary>
    internal ServedSchema Served => Current().Served.Value;

    /// <summary>Everything that is found here now.</summary>
    internal IEnumerable<GrpcRoute> All => Current().Routes.Values;

    /// <summary>Adds an endpoint of gRPC's own, which an endpoint of the registry with the same name replaces. Before the first call.</summary>
    internal void AddBuiltIn(Endpoint endpoint) => builtIn.Add(endpoint);

    internal bool TryFind(string path, [NotNullWhen(true)] out GrpcRoute? route) => Current().Routes.TryGetValue(path, out route);

    private Table Current()
    {
        var current = table;
        if (current is null || !ReferenceEquals(current.Snapshot, endpoints.Snapshot))
            table = current = Build();
        return current;
    }

    private Table Build()
    {
        // Taken before the endpoints are: a change in between makes the table again.
        var snapshot = endpoints.Snapshot;
        var routes = new Dictionary<string, GrpcRoute>(StringComparer.Ordinal);
        foreach (var endpoint in builtIn.Concat(endpoints))
        {
            var handler = InterceptorChain.Compose(endpoint, interceptors) ?? endpoint.InvokeAsync;
            routes["/" + endpoint.Method.FullName] = new GrpcRoute(endpoint, handler, FindContract(endpoint));
        }

        return new Table(snapshot, routes, new Lazy<ServedSchema>(() => ServedSchemaBuilder.Build(routes.Values, logger)));
    }

    private Contract? FindContract(Endpoint endpoint)
    {
        var method = endpoint.Method;
        if (string.Equals(method.Codec, GrpcContentType.ProtobufCodec, StringComparison.Ordinal))
            return null;
        foreach (var schema in contracts)
        {
            if (schema.FindMethod(method.FullName) is not { } declared)
                continue;
            var contract = Contract.TryCreate(declared, endpoint, out var wrong);
            if (wrong is not null)
                GrpcLog.ContractDoesNotFit(logger, method.FullName, wrong);
            return contract;
        }

        return null;
    }

    private sealed record Table(object Snapshot, Dictionary<string, GrpcRoute> Routes, Lazy<ServedSchema> Served);
}
