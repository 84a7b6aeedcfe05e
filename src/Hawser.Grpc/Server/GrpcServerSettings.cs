using Hawser.Grpc.Health;
using Hawser.Grpc.Protocol;
using Hawser.Grpc.Reflection;
using Hawser.Grpc.Web;
using Hawser.Protobuf;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Server;

/// <summary>What every call of one gRPC server needs to know.</summary>
internal sealed class GrpcServerSettings
{
    private readonly CancellationTokenSource draining = new();
    private readonly CancellationTokenSource stopped = new();
    private readonly Func<EndpointRegistry, GrpcRoutes> makeRoutes;

    internal GrpcServerSettings(GrpcServerOptions grpc, HawserServerOptions options, EndpointRegistry endpoints, CorsAnswers? cors)
    {
        Codec = options.Codec;
        Limits = options.Limits;
        ExposeExceptionDetails = options.ExposeExceptionDetails;
        TimeProvider = options.TimeProvider;
        Logger = options.LoggerFactory.CreateLogger("Hawser.Grpc.Server");
        makeRoutes = own => new GrpcRoutes(own, SerialInterceptor.AddTo(options), grpc.Contracts, Logger);
        Routes = makeRoutes(endpoints);
        if (options.Reflection)
        {
            Routes.AddBuiltIn(new ReflectionEndpoint(ServerReflection.Service, () => Routes.Served));
            Routes.AddBuiltIn(new ReflectionEndpoint(ServerReflection.AlphaService, () => Routes.Served));
        }

        if (grpc.Health is { } health)
        {
            var served = new ServedHealth(health, endpoints, draining.Token);
            Routes.AddBuiltIn(new HealthCheckEndpoint(served));
            Routes.AddBuiltIn(new HealthWatchEndpoint(served));
        }

        Cors = cors;
        _ = Protocol.Compression.TryFind(grpc.Compression, out var compression);
        Compression = compression;
    }

    internal GrpcRoutes Routes { get; }

    internal Codec Codec { get; }

    /// <summary>Fires when the server begins to stop.</summary>
    internal CancellationToken Draining => draining.Token;

    internal ConnectionLimits Limits { get; }

    internal bool ExposeExceptionDetails { get; }

    internal TimeProvider TimeProvider { get; }

    internal ILogger Logger { get; }

    /// <summary>How responses are compressed for those who accept it; null for not at all.</summary>
    internal MessageEncoding? Compression { get; }

    /// <summary>Which web pages may call; null for none, or where somebody else sees to it.</summary>
    internal CorsAnswers? Cors { get; }

    /// <summary>Whether new calls are refused, as certainly not run.</summary>
    internal bool IsDraining => draining.IsCancellationRequested;

    /// <summary>Fires when calls have had their time to finish, and the server stops without those that have not.</summary>
    internal CancellationToken Stopped => stopped.Token;

    /// <summary>What finds the endpoints of one connection.</summary>
    internal GrpcRoutes RoutesOf(EndpointRegistry own) => makeRoutes(own);

    /// <summary>Ends the calls in flight, as far as their handlers listen.</summary>
    internal void Stop() => stopped.Cancel();

    /// <summary>Refuses new calls from now on.</summary>
    internal void Drain() => draining.Cancel();
}
