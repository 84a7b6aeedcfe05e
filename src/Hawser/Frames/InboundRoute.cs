namespace Hawser.Frames;

/// <summary>A method that the peer has announced on a lane, and what answers it here.</summary>
/// <remarks>The endpoint is looked up once and again when a registry has changed: the connection's own, which goes first, or the one that it shares.</remarks>
internal sealed class InboundRoute(Method method, string codec)
{
    private object? seen;
    private object? seenOwn;

    public Method Method { get; } = method;

    public string Codec { get; } = codec;

    public Endpoint? Endpoint { get; private set; }

    public ServerCallHandler? Handler { get; private set; }

    /// <summary>Why the method cannot be served as it is called, or null.</summary>
    public Status? Refusal { get; private set; }

    public void Resolve(FrameConnection connection)
    {
        var shared = connection.SharedEndpoints;
        var own = connection.OwnEndpoints;
        if (ReferenceEquals(seen, shared.Snapshot) && ReferenceEquals(seenOwn, own?.Snapshot))
            return;
        seen = shared.Snapshot;
        seenOwn = own?.Snapshot;
        Endpoint = own?.Find(Method.FullName) ?? shared.Find(Method.FullName);
        Refusal = Endpoint switch
        {
            null => new Status(StatusCode.Unimplemented, $"No endpoint '{Method.FullName}' is served here; 'hawser list' shows what is."),
            _ when !Endpoint.Method.Accepts(Method) => new Status(StatusCode.Unimplemented, $"'{Method.FullName}' is {Endpoint.Method.Shape}; it was called as {Method.Shape}."),
            _ => null,
        };
        Handler = Endpoint is null ? null : InterceptorChain.Compose(Endpoint, connection.Interceptors);
    }
}
