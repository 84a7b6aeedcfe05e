using System.Buffers;
using Hawser.Frames;
using Hawser.Transports;

namespace Hawser;

/// <summary>The client's long-lived handle on a peer. Connects when it is first used, and again when the connection has been lost.</summary>
/// <remarks>
/// Safe from any thread; one channel serves any number of callers. A call is tried once: when its connection is lost it ends with <see cref="StatusCode.Unavailable"/>,
/// and <see cref="RpcException.NotRun"/> says whether it certainly did not run. While the peer cannot be reached calls fail at once with the reason, and connecting is
/// tried at most every 20 ms at first and every 5 s after repeated failures.
/// </remarks>
public sealed class HawserChannel : CallInvoker, IAsyncDisposable
{
    private readonly WireClient client;
    private readonly ClientCallStarter? intercepted;

    private HawserChannel(string address, HawserChannelOptions options)
        : base(options.Codec)
    {
        Endpoints = new EndpointRegistry(options.Codec);
        client = WireRegistry.Find(options.Wires, address) is var (wire, uri)
            ? wire.Connect(uri, options, Endpoints)
            : ConnectFrames(address, options, Endpoints);
        intercepted = Compose(options.Interceptors);
    }

    /// <summary>What the server may call on this side.</summary>
    public EndpointRegistry Endpoints { get; }

    /// <summary>Makes a channel. Nothing is sent until it is used.</summary>
    /// <param name="address"><c>tcp://host:port</c>, <c>tls://host:port</c>, <c>unix:path</c> or <c>inproc:name</c>, or an address of one of the options' wires.</param>
    /// <param name="options">Settings; the defaults when null.</param>
    /// <returns>The channel, which must be disposed.</returns>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    public static HawserChannel Connect(string address, HawserChannelOptions? options = null) => new(address, options ?? new HawserChannelOptions());

    /// <summary>Connects now, if there is no connection.</summary>
    /// <param name="cancellationToken">Gives up waiting; connecting goes on for others who wait.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="RpcException">The peer cannot be reached (<see cref="StatusCode.Unavailable"/>); the text says why.</exception>
    public ValueTask<Connection> OpenAsync(CancellationToken cancellationToken = default) => client.OpenAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) =>
        intercepted is null ? client.StartAsync(method, options) : intercepted(method, options);

    /// <summary>Closes the connection; calls in flight end with <see cref="StatusCode.Unavailable"/>.</summary>
    /// <returns>A task that ends when the connection is closed.</returns>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (intercepted is null)
            client.StartUnary(method, options, request, hasRequest, reply);
        else
            _ = InterceptUnaryAsync(intercepted, method, options, request.ToArray(), hasRequest, reply);
    }

    private static FrameClient ConnectFrames(string address, HawserChannelOptions options, EndpointRegistry endpoints)
    {
        var (transport, uri) = new TransportRegistry(options.Transports).Find(address);
        return new FrameClient(transport, uri, options, endpoints);
    }

    private static async Task InterceptUnaryAsync(ClientCallStarter start, Method method, CallOptions options, byte[] request, bool hasRequest, UnaryReply reply)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var call = await start(method, options).ConfigureAwait(false);
            await using var disposal = call.ConfigureAwait(false);
            if (hasRequest)
                await call.WriteAsync(new ReadOnlySequence<byte>(request)).ConfigureAwait(false);
            await call.CompleteAsync().ConfigureAwait(false);
            var found = !method.IsOneWay && await call.ReadAsync().ConfigureAwait(false);
            var message = found ? call.Message.ToArray() : [];
            while (!method.IsOneWay && call.Status is null && await call.ReadAsync().ConfigureAwait(false))
                continue;
            var headers = reply.WantsMetadata && call.Status is null or { IsOk: true } && !method.IsOneWay ? await call.ReadHeadersAsync().ConfigureAwait(false) : Metadata.Empty;
            if (call.Status is { IsOk: false } status)
                reply.Fail(status, call.NotRun, headers, call.Trailers);
            else
                reply.Complete(new ReadOnlySequence<byte>(message), found, headers, call.Trailers);
        }
        catch (Exception exception)
        {
            var failure = exception as RpcException;
            reply.Fail(
                failure?.Status ?? CallFailure.ToStatus(exception, exposeDetails: true, method),
                failure?.NotRun ?? false,
                Metadata.Empty,
                failure?.Trailers ?? Metadata.Empty);
        }
    }

    private ClientCallStarter? Compose(IReadOnlyList<IClientInterceptor> interceptors)
    {
        if (interceptors.Count == 0)
            return null;
        ClientCallStarter start = client.StartAsync;
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var next = start;
            var interceptor = interceptors[i];
            start = (method, options) => interceptor.StartAsync(method, options, next);
        }

        return start;
    }
}
