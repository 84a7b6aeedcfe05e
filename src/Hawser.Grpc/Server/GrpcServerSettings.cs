using Hawser.Grpc.Protocol;
using Hawser.Grpc.Reflection;
using Hawser.Protobuf;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Server;

/// <summary>What every call of one gRPC server needs to know.</summary>
internal sealed class GrpcServerSettings
{
    internal GrpcServerSettings(GrpcServerOptions grpc, HawserServerOptions options, EndpointRegistry endpoints)
    {
        Codec = options.Codec;
        Limits = options.Limits;
        ExposeExceptionDetails = options.ExposeExceptionDetails;
        TimeProvider = options.TimeProvider;
        Logger = options.LoggerFactory.CreateLogger("Hawser.Grpc.Server");
        Routes = new GrpcRoutes(endpoints, options.Interceptors, grpc.Contracts, Logger);
        if (options.Reflection)
        {
            Routes.AddBuiltIn(new ReflectionEndpoint(ServerReflection.Service, () => Routes.Served));
            Routes.AddBuiltIn(new ReflectionEndpoint(ServerReflection.AlphaService, () => Routes.Served));
        }

        _ = Protocol.Compression.TryFind(grpc.Compression, out var compression);
        Compression = compression;
    }

    internal GrpcRoutes Routes { get; }

    internal Codec Codec { get; }

    internal ConnectionLimits Limits { get; }

    internal bool ExposeExceptionDetails { get; }

    internal TimeProvider TimeProvider { get; }

    internal ILogger Logger { get; }

    /// <summary>How responses are compressed for those who accept it; null for not at all.</summary>
    internal MessageEncoding? Compression { get; }
}
