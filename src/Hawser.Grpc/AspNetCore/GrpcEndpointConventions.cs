using Microsoft.AspNetCore.Builder;

namespace Hawser.Grpc.AspNetCore;

/// <summary>What was said of endpoints when they were mapped, for all of them or for some. Applied whenever they are made, those that are added later included.</summary>
internal sealed class GrpcEndpointConventions
{
    private readonly Lock gate = new();
    private readonly List<(Func<Method, bool> Concerns, Action<EndpointBuilder> Convention)> conventions = [];
    private readonly List<(Func<Method, bool> Concerns, Action<EndpointBuilder> Convention)> finallyConventions = [];

    internal void Add(Func<Method, bool> concerns, Action<EndpointBuilder> convention)
    {
        lock (gate)
        {
            conventions.Add((concerns, convention));
        }
    }

    internal void AddFinally(Func<Method, bool> concerns, Action<EndpointBuilder> convention)
    {
        lock (gate)
        {
            // The outermost comes last.
            finallyConventions.Insert(0, (concerns, convention));
        }
    }

    internal void Apply(Method method, EndpointBuilder builder)
    {
        List<(Func<Method, bool> Concerns, Action<EndpointBuilder> Convention)> all;
        lock (gate)
        {
            all = [.. conventions, .. finallyConventions];
        }

        foreach (var (concerns, convention) in all)
        {
            if (concerns(method))
                convention(builder);
        }
    }
}
