using Hawser;
using Hawser.Grpc;
using Hawser.Grpc.AspNetCore;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps Hawser's endpoints into an ASP.NET Core application.</summary>
public static class HawserEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves every endpoint of the <see cref="EndpointRegistry"/> by gRPC and gRPC-Web, at <c>/package.Service/Method</c>, those that are added later included, with reflection and
    /// health as the options say. gRPC calls of what is not served end with <see cref="StatusCode.Unimplemented"/>; other requests are left to the rest of the application.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>What says more of the endpoints, such as who may call them.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHawser()</c> was not called on the application's services.</exception>
    /// <exception cref="ArgumentException">Something that was mapped on the builder cannot be served; the text says what and why.</exception>
    public static GrpcEndpointConventionBuilder MapHawserGrpc(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var host = endpoints.ServiceProvider.GetService<GrpcHost>()
            ?? throw new InvalidOperationException("MapHawserGrpc() needs Hawser among the services: call builder.Services.AddHawser() first.");
        var conventions = new GrpcEndpointConventions();
        endpoints.DataSources.Add(new GrpcEndpointDataSource(host, conventions));
        return new GrpcEndpointConventionBuilder(conventions, static _ => true);
    }
}
