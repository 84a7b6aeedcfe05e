namespace Hawser;

/// <summary>Puts a server's interceptors before an endpoint.</summary>
internal static class InterceptorChain
{
    /// <returns>What the first interceptor sees; null when there is none, so that a wire may invoke the endpoint itself.</returns>
    internal static ServerCallHandler? Compose(Endpoint endpoint, IReadOnlyList<IServerInterceptor> interceptors)
    {
        if (interceptors.Count == 0)
            return null;
        ServerCallHandler handler = endpoint.InvokeAsync;
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var next = handler;
            var interceptor = interceptors[i];
            handler = call => interceptor.InvokeAsync(call, next);
        }

        return handler;
    }
}
