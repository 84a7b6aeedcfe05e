namespace Hawser;

/// <summary>Lets callers watch a server: what <c>hawser watch</c> shows.</summary>
public static class ServerWatch
{
    /// <summary>The full name of the method that is mapped.</summary>
    public const string MethodName = "hawser.Node/Watch";

    /// <summary>
    /// Serves <c>hawser.Node/Watch</c>, a stream of <see cref="ServerSnapshot"/> in JSON on every wire. Whoever may call it learns the addresses of all peers and the names of the
    /// methods that they call; a server whose callers should not must refuse them in an interceptor.
    /// </summary>
    /// <param name="server">The server that is watched.</param>
    /// <remarks>Costs nothing while nobody watches. While somebody does, every call is counted, and every connection is looked at once per watcher and interval.</remarks>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public static void MapWatch(this HawserServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var endpoint = new WatchEndpoint(server);

        // JSON is what tools speak, whatever the server's own codec.
        var json = new EndpointRegistry(JsonCodec.Default);
        json.Map(MethodName, endpoint.WatchAsync);
        server.Endpoints.AddAll([.. json]);
    }
}
