using Hawser.Grpc.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hawser.Grpc.AspNetCore;

/// <summary>Serves calls that come through the pipeline of ASP.NET Core.</summary>
internal sealed class GrpcHost
{
    private readonly GrpcServerSettings settings;

    public GrpcHost(
        IOptions<HawserOptions> options,
        EndpointRegistry endpoints,
        IEnumerable<IServerInterceptor> interceptors,
        ILoggerFactory loggerFactory,
        IHostApplicationLifetime lifetime,
        TimeProvider? timeProvider = null)
    {
        var values = options.Value;
        Endpoints = endpoints;
        settings = new GrpcServerSettings(
            values.Grpc,
            new HawserServerOptions
            {
                Codec = values.Codec,
                Limits = values.Limits,
                ExposeExceptionDetails = values.ExposeExceptionDetails,
                Reflection = values.Reflection,
                Interceptors = [.. values.Interceptors, .. interceptors],
                LoggerFactory = loggerFactory,
                TimeProvider = timeProvider ?? TimeProvider.System,
            },
            endpoints,
            cors: null);
        lifetime.ApplicationStopping.Register(settings.Drain);
    }

    internal EndpointRegistry Endpoints { get; }

    /// <summary>Everything that is served now, gRPC's own services included.</summary>
    internal IEnumerable<GrpcRoute> Routes => settings.Routes.All;

    /// <summary>Serves one request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="path">What is called, as gRPC knows it; the request's own path may have a prefix.</param>
    internal async Task ServeAsync(HttpContext context, string path)
    {
        // Not every server has this one of its own.
        if (context.Features.Get<IRequestBodyPipeFeature>() is null)
            context.Features.Set<IRequestBodyPipeFeature>(new RequestBodyPipeFeature(context));
        LiftLimits(context.Features);
        await new GrpcServerCall(settings, context, path).RunAsync().ConfigureAwait(false);
    }

    /// <summary>A stream may be long, silent and slow: what bounds it are the limits of messages, deadlines and keep-alive.</summary>
    private static void LiftLimits(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
