using Hawser.Grpc.AspNetCore;
using Microsoft.AspNetCore.Builder;

namespace Hawser.Grpc;

/// <summary>Says more of the endpoints that were mapped: <c>RequireAuthorization</c>, <c>RequireCors</c>, <c>RequireHost</c> and the like, of all or of some.</summary>
/// <remarks>It holds for endpoints that are added later, too. Say it before the application starts. Reflection and health are endpoints like others.</remarks>
public sealed class GrpcEndpointConventionBuilder : IEndpointConventionBuilder
{
    private readonly GrpcEndpointConventions conventions;
    private readonly Func<Method, bool> concerns;

    internal GrpcEndpointConventionBuilder(GrpcEndpointConventions conventions, Func<Method, bool> concerns)
    {
        this.conventions = conventions;
        this.concerns = concerns;
    }

    /// <summary>One method of them.</summary>
    /// <param name="fullName"><c>package.Service/Method</c>; need not be served yet.</param>
    /// <returns>What says more of it.</returns>
    public GrpcEndpointConventionBuilder ForMethod(string fullName)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        return new(conventions, method => concerns(method) && string.Equals(method.FullName, fullName, StringComparison.Ordinal));
    }

    /// <summary>All methods of one service of them.</summary>
    /// <param name="name"><c>package.Service</c>; need not be served yet.</param>
    /// <returns>What says more of them.</returns>
    public GrpcEndpointConventionBuilder ForService(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(conventions, method => concerns(method) && method.FullName.StartsWith(name + "/", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public void Add(Action<EndpointBuilder> convention)
    {
        ArgumentNullException.ThrowIfNull(convention);
        conventions.Add(concerns, convention);
    }

    /// <inheritdoc/>
    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        ArgumentNullException.ThrowIfNull(finallyConvention);
        conventions.AddFinally(concerns, finallyConvention);
    }
}
