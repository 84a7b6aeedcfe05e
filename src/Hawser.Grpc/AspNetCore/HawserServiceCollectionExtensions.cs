using Hawser;
using Hawser.Grpc;
using Hawser.Grpc.AspNetCore;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Hawser to an ASP.NET Core application.</summary>
public static class HawserServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="EndpointRegistry"/> and what serves it. <c>app.MapHawserGrpc()</c> then serves it by gRPC and gRPC-Web, beside whatever else the application serves.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options; null for the defaults. Called when the first of them is needed.</param>
    /// <returns>What endpoints are mapped with.</returns>
    public static HawserBuilder AddHawser(this IServiceCollection services, Action<HawserOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions();
        services.AddRouting();
        if (configure is not null)
            services.Configure(configure);
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<HawserOptions>>().Value;
            var registry = new EndpointRegistry(options.Codec);
            if (options.Reflection)
                ReflectionEndpoints.AddTo(registry);
            foreach (var mapping in provider.GetServices<EndpointMapping>())
                mapping.Apply(registry);
            return registry;
        });
        services.TryAddSingleton<GrpcHost>();
        if (!services.Any(static service => service.ServiceType == typeof(GrpcAuthorizationResults)))
            AddAuthorizationResults(services);
        return new HawserBuilder(services);
    }

    /// <summary>Puts the answers for gRPC callers before whatever answers other callers; that may have been registered before or not.</summary>
    private static void AddAuthorizationResults(IServiceCollection services)
    {
        var others = services.LastOrDefault(static service => service.ServiceType == typeof(IAuthorizationMiddlewareResultHandler) && !service.IsKeyedService);
        services.AddSingleton(provider => new GrpcAuthorizationResults(others switch
        {
            { ImplementationInstance: IAuthorizationMiddlewareResultHandler instance } => instance,
            { ImplementationFactory: { } factory } => (IAuthorizationMiddlewareResultHandler)factory(provider),
            { ImplementationType: { } type } => (IAuthorizationMiddlewareResultHandler)ActivatorUtilities.CreateInstance(provider, type),
            _ => new AuthorizationMiddlewareResultHandler(),
        }));
        services.AddSingleton<IAuthorizationMiddlewareResultHandler>(static provider => provider.GetRequiredService<GrpcAuthorizationResults>());
    }
}
