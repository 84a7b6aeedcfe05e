using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>What Kestrel hands every request to, without the pipeline of ASP.NET Core in between.</summary>
/// <remarks>Kestrel uses the object of an HTTP/2 stream again for later requests; the call that hangs on it is then used again too.</remarks>
internal sealed class GrpcApplication(GrpcServerSettings settings) : IHttpApplication<GrpcServerCall>
{
    public GrpcServerCall CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<GrpcServerCall> container)
            return new GrpcServerCall(settings, contextFeatures);
        if (container.HostContext is { CanBeReused: true } used)
        {
            used.Reset(contextFeatures);
            return used;
        }

        return container.HostContext = new GrpcServerCall(settings, contextFeatures);
    }

    public Task ProcessRequestAsync(GrpcServerCall context) => context.RunAsync();

    public void DisposeContext(GrpcServerCall context, Exception? exception)
    {
    }
}
