using System.Net;

namespace Hawser.Grpc.Client;

/// <summary>Sets up .NET's HTTP/2 for gRPC: what a browser would want is off, windows are large, connections are the connector's.</summary>
internal static class HttpHandlers
{
    private const int MaxHeadersKilobytes = 120;
    private const int LargestWindow = 16 * 1024 * 1024;

    internal static HttpMessageInvoker Create(GrpcConnector connector, GrpcClientOptions options, ConnectionLimits limits)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => connector.ConnectAsync(cancellationToken),
            PlaintextStreamFilter = static (context, _) => ValueTask.FromResult<Stream>(GrpcLink.Below(context.PlaintextStream).Frames),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,

            // Asked while a request's headers are written, which nothing else tells of.
            RequestHeaderEncodingSelector = static (_, request) =>
            {
                (request.Content as IRequestContent)?.MarkTaken();
                return null;
            },
            EnableMultipleHttp2Connections = options.MaxConnections > 1,
            InitialHttp2StreamWindowSize = Math.Min(limits.CallWindow, LargestWindow),
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = limits.IdleTimeout ?? Timeout.InfiniteTimeSpan,

            // The handler ends the whole connection over this limit. ConnectionLimits.MaxMetadataSize, which is far below, ends the call.
            MaxResponseHeadersLength = MaxHeadersKilobytes,
        };
        if (limits.KeepAliveInterval is { } interval)
        {
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
            handler.KeepAlivePingDelay = interval > options.MinKeepAliveInterval ? interval : options.MinKeepAliveInterval;
            handler.KeepAlivePingTimeout = limits.KeepAliveTimeout > TimeSpan.FromSeconds(1) ? limits.KeepAliveTimeout : TimeSpan.FromSeconds(1);
        }

        return new HttpMessageInvoker(handler);
    }
}
