using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Grpc;

/// <summary>Says what an ASP.NET Core application serves. What is only known later is added to the <see cref="EndpointRegistry"/> among its services.</summary>
public sealed class HawserBuilder
{
    internal HawserBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Serves a handler under a name. What can be a handler: see <see cref="EndpointRegistry.Map(string, Delegate)"/>.</summary>
    /// <param name="fullName"><c>Service/Method</c>.</param>
    /// <param name="handler">The handler. Attributes of its method, such as <c>[Authorize]</c>, apply.</param>
    /// <returns>This builder.</returns>
    /// <remarks>A name that is taken, or a signature that cannot be served, is an <see cref="ArgumentException"/> when the application maps its endpoints.</remarks>
    public HawserBuilder Map(string fullName, Delegate handler) => Add(registry => registry.Map(fullName, handler));

    /// <summary>Serves every method of an interface by a class that is a service: scoped, unless it has been registered otherwise; a call is a scope.</summary>
    /// <typeparam name="TService">The interface.</typeparam>
    /// <typeparam name="TImplementation">The class. Its attributes and those of its methods, such as <c>[Authorize]</c>, apply.</typeparam>
    /// <returns>This builder.</returns>
    /// <remarks>A method that cannot be served is an <see cref="ArgumentException"/> when the application maps its endpoints.</remarks>
    public HawserBuilder MapService<TService, TImplementation>()
        where TService : class
        where TImplementation : class, TService
    {
        if (!Services.Any(static service => service.ServiceType == typeof(TImplementation)))
            Services.AddScoped<TImplementation>();
        return Add(registry => registry.MapService<TService>(typeof(TImplementation), static call => Find<TImplementation>(call)));
    }

    private static T Find<T>(ServerCall call)
        where T : class =>
        call.HostContext is HttpContext context
            ? context.RequestServices.GetRequiredService<T>()
            : throw new RpcException(StatusCode.Internal, $"'{call.Method}' is answered by a service of ASP.NET Core, and the call did not come by it.");

    private HawserBuilder Add(Action<EndpointRegistry> mapping)
    {
        Services.AddSingleton(new EndpointMapping(mapping));
        return this;
    }
}
