using Hawser.Grpc.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;
using HttpEndpoint = Microsoft.AspNetCore.Http.Endpoint;

namespace Hawser.Grpc.AspNetCore;

/// <summary>Shows a registry's endpoints to ASP.NET Core's routing, and follows when the registry changes.</summary>
internal sealed class GrpcEndpointDataSource : EndpointDataSource
{
    private readonly Lock gate = new();
    private readonly GrpcHost host;
    private readonly GrpcEndpointConventions conventions;
    private IReadOnlyList<HttpEndpoint>? endpoints;
    private CancellationTokenSource changing = new();

    /// <remarks>Lives as long as the application, like the registry that it listens to.</remarks>
    internal GrpcEndpointDataSource(GrpcHost host, GrpcEndpointConventions conventions)
    {
        this.host = host;
        this.conventions = conventions;
        host.Endpoints.Changed += (_, _) => OnChanged();
    }

    public override IReadOnlyList<HttpEndpoint> Endpoints
    {
        get
        {
            lock (gate)
            {
                return endpoints ??= [.. host.Routes.Select(Create), CreateUnknown()];
            }
        }
    }

    public override IChangeToken GetChangeToken()
    {
        lock (gate)
        {
            return new CancellationChangeToken(changing.Token);
        }
    }

    private void OnChanged()
    {
        CancellationTokenSource changed;
        lock (gate)
        {
            endpoints = null;
            changed = changing;
            changing = new CancellationTokenSource();
        }

        changed.Cancel();
    }

    private HttpEndpoint Create(GrpcRoute route)
    {
        var path = "/" + route.Method.FullName;
        var segments = route.Method.FullName.Split('/').Select(static part => RoutePatternFactory.Segment(RoutePatternFactory.LiteralPart(part)));
        var builder = new RouteEndpointBuilder(context => host.ServeAsync(context, path), RoutePatternFactory.Pattern(segments), order: 0) { DisplayName = $"gRPC - {path}" };
        foreach (var item in route.Endpoint.Metadata)
            builder.Metadata.Add(item);
        builder.Metadata.Add(route.Method);
        builder.Metadata.Add(route.Endpoint);
        builder.Metadata.Add(new HttpMethodMetadata([HttpMethods.Post], acceptCorsPreflight: true));
        conventions.Apply(route.Method, builder);
        return builder.Build();
    }

    /// <summary>Answers gRPC callers of what is not served: a bare 404 would not tell them what is wrong.</summary>
    private RouteEndpoint CreateUnknown()
    {
        var pattern = RoutePatternFactory.Pattern(
            RoutePatternFactory.Segment(RoutePatternFactory.ParameterPart(
                "service", @default: null, RoutePatternParameterKind.Standard, RoutePatternFactory.Constraint(new GrpcContentTypeConstraint()))),
            RoutePatternFactory.Segment(RoutePatternFactory.ParameterPart("method")));
        var builder = new RouteEndpointBuilder(
            context => host.ServeAsync(context, $"/{context.GetRouteValue("service")}/{context.GetRouteValue("method")}"), pattern, order: int.MaxValue)
        {
            DisplayName = "gRPC - unknown method",
        };
        builder.Metadata.Add(new HttpMethodMetadata([HttpMethods.Post]));
        return (RouteEndpoint)builder.Build();
    }
}
