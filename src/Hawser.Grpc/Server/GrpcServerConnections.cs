using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>Finds the connection that a request came over.</summary>
internal static class GrpcServerConnections
{
    private static readonly object Key = new();

    /// <summary>The connection: the listener's own, or one that is made with its first call where somebody else listens.</summary>
    internal static GrpcServerConnection Of(IFeatureCollection features, GrpcServerSettings settings)
    {
        if (features.Get<GrpcServerConnection>() is { } own)
            return own;
        var scheme = string.Equals(features.Get<IHttpRequestFeature>()?.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) ? GrpcWire.SecureScheme : GrpcWire.PlainScheme;
        if (features.Get<IConnectionItemsFeature>() is not { } connectionItems)
            return new GrpcServerConnection(settings, features, context: null, scheme);
        lock (connectionItems)
        {
            if (connectionItems.Items.TryGetValue(Key, out var known))
                return (GrpcServerConnection)known!;
            var connection = new GrpcServerConnection(settings, features, context: null, scheme);
            connectionItems.Items[Key] = connection;
            return connection;
        }
    }
}
