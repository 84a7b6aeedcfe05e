using System.Collections.Concurrent;
using Hawser.Frames;
using Hawser.Transports;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Serves endpoints over the Hawser wire, and over the others of its options, on any number of addresses.</summary>
/// <remarks>
/// Safe from any thread. Endpoints may be added while it listens. A handler that throws ends its own call; a peer that breaks the protocol ends its own connection;
/// neither ends the server. Disposing stops at once: use <see cref="StopAsync"/> to let calls finish.
/// </remarks>
public sealed class HawserServer : IAsyncDisposable
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>How many connections over the limit are told so at the same time; those beyond are closed without a word.</summary>
    private const int MaxRefusals = 64;

    private readonly HawserServerOptions options;
    private readonly ConnectionSettings settings;
    private readonly TransportRegistry transports;
    private readonly ConcurrentDictionary<FrameConnection, byte> connections = new();
    private readonly ConcurrentDictionary<TransportListener, Task> listeners = new();
    private readonly ConcurrentDictionary<WireListener, byte> wireListeners = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ILogger logger;
    private int connectionCount;
    private int refusals;

    /// <summary>Creates a server that listens nowhere yet.</summary>
    /// <param name="options">Settings; the defaults when null.</param>
    public HawserServer(HawserServerOptions? options = null)
    {
        this.options = options ?? new HawserServerOptions();
        logger = this.options.LoggerFactory.CreateLogger("Hawser.Server");
        transports = new TransportRegistry(this.options.Transports);
        Endpoints = new EndpointRegistry(this.options.Codec);
        if (this.options.Reflection)
            ReflectionEndpoints.AddTo(Endpoints);
        settings = new ConnectionSettings(
            this.options.Codec,
            this.options.Limits,
            Endpoints,
            this.options.Interceptors,
            this.options.ExposeExceptionDetails,
            logger,
            this.options.TimeProvider);
    }

    /// <summary>What is served.</summary>
    public EndpointRegistry Endpoints { get; }

    /// <summary>The addresses that are listened on, with the ports that were chosen.</summary>
    public IReadOnlyCollection<Uri> Addresses => [.. listeners.Keys.Select(static listener => listener.Address), .. wireListeners.Keys.Select(static listener => listener.Address)];

    /// <summary>The open connections.</summary>
    public IReadOnlyCollection<Connection> Connections =>
        [.. connections.Keys.Where(static connection => connection.IsOpen), .. wireListeners.Keys.SelectMany(static listener => listener.Connections)];

    /// <summary>Serves a handler under a name. What can be a handler: see <see cref="EndpointRegistry.Map(string, Delegate)"/>.</summary>
    /// <param name="fullName"><c>Service/Method</c>.</param>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentException">The name is taken or wrong, or the signature cannot be served; the text says what is accepted.</exception>
    public void Map(string fullName, Delegate handler) => Endpoints.Map(fullName, handler);

    /// <summary>Serves every method of an interface.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="instance">What answers; called by many calls at once.</param>
    /// <exception cref="ArgumentException">A method cannot be served; none of the interface is then.</exception>
    public void MapService<T>(T instance)
        where T : class => Endpoints.MapService(instance);

    /// <summary>Starts to listen. The server answers when the returned task has ended.</summary>
    /// <param name="address"><c>tcp://host:port</c>, <c>tls://host:port</c>, <c>unix:path</c> or <c>inproc:name</c>, or an address of one of the options' wires; port 0 chooses a free one.</param>
    /// <param name="transport">Certificates and the like.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The address, with the port that was chosen.</returns>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    /// <exception cref="IOException">The address cannot be listened on; the text says why.</exception>
    public async ValueTask<Uri> ListenAsync(string address, ServerTransportOptions? transport = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(stopping.IsCancellationRequested, this);
        transport ??= new ServerTransportOptions();
        if (WireRegistry.Find(options.Wires, address) is var (wire, wireAddress))
            return await ListenAsync(wire, wireAddress, transport, cancellationToken).ConfigureAwait(false);
        var (carrier, uri) = transports.Find(address);
        var listener = await carrier.ListenAsync(uri, transport, cancellationToken).ConfigureAwait(false);
        listeners[listener] = AcceptAsync(listener);
        if (stopping.IsCancellationRequested)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            listeners.TryRemove(listener, out _);
            throw Stopped();
        }

        return listener.Address;
    }

    /// <summary>
    /// Stops in order: takes no new connections, tells every peer that it is going away, lets the calls in flight finish for at most <paramref name="drain"/>, then resets
    /// what is left. Calls that arrive meanwhile are refused as not run, so that their callers may try elsewhere.
    /// </summary>
    /// <param name="drain">The most that calls may take to finish.</param>
    /// <param name="cancellationToken">Ends the waiting early; what is left is reset.</param>
    /// <returns>A task that ends when every connection is closed.</returns>
    public async Task StopAsync(TimeSpan drain, CancellationToken cancellationToken = default)
    {
        await StopListeningAsync().ConfigureAwait(false);
        var wires = Task.WhenAll(TakeWireListeners().Select(listener => listener.StopAsync(drain, cancellationToken)));
        var open = connections.Keys.ToArray();
        foreach (var connection in open)
            connection.GoAway("the server is stopping");
        try
        {
            await Task.WhenAll(open.Select(static connection => connection.Drained)).WaitAsync(drain, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            ServerLog.DrainTimedOut(logger, open.Sum(static connection => connection.PeerCallsInFlight), drain);
        }

        await Task.WhenAll(connections.Keys.Select(static connection => connection.CloseAsync(StatusCode.Unavailable, "the server has stopped"))).ConfigureAwait(false);
        await wires.ConfigureAwait(false);
    }

    /// <summary>Stops at once; calls in flight end with <see cref="StatusCode.Unavailable"/>.</summary>
    /// <returns>A task that ends when every connection is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync().ConfigureAwait(false);
        await Task.WhenAll(connections.Keys.Select(static connection => connection.CloseAsync(StatusCode.Unavailable, "the server has stopped"))).ConfigureAwait(false);
        foreach (var listener in TakeWireListeners())
            await listener.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Those that are to be stopped; none of them twice.</summary>
    private List<WireListener> TakeWireListeners() =>
        [.. wireListeners.Keys.Where(listener => wireListeners.TryRemove(listener, out _))];

    private static ObjectDisposedException Stopped() => new(nameof(HawserServer), "The server has been stopped.");

    private async ValueTask<Uri> ListenAsync(Wire wire, Uri address, ServerTransportOptions transport, CancellationToken cancellationToken)
    {
        var listener = await wire.ListenAsync(address, options, Endpoints, transport, cancellationToken).ConfigureAwait(false);
        wireListeners[listener] = 0;
        if (!stopping.IsCancellationRequested)
            return listener.Address;
        await listener.DisposeAsync().ConfigureAwait(false);
        wireListeners.TryRemove(listener, out _);
        throw Stopped();
    }

    private async Task StopListeningAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        foreach (var (listener, accepting) in listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            await accepting.ConfigureAwait(false);
        }

        listeners.Clear();
    }

    private async Task AcceptAsync(TransportListener listener)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await listener.AcceptAsync(stopping.Token).ConfigureAwait(false) is not { } link)
                    return;
                if (Interlocked.Increment(ref connectionCount) > options.MaxConnections)
                    _ = RefuseAsync(link);
                else
                    _ = ServeAsync(link);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever a transport throws, the others and the next link must still be served.
                ServerLog.AcceptFailed(logger, listener.Address, exception.Message);
                await Task.Delay(AcceptRetryDelay, options.TimeProvider, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(TransportConnection link)
    {
        var connection = new FrameConnection(link, isInitiator: false, settings);
        connections[connection] = 0;
        try
        {
            await connection.OpenAsync(stopping.Token).ConfigureAwait(false);
            await connection.Ended.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            ServerLog.HandshakeFailed(logger, link.RemoteAddress, exception.Message);
        }
        finally
        {
            await connection.CloseAsync(StatusCode.Unavailable, "the handshake failed").ConfigureAwait(false);
            connections.TryRemove(connection, out _);
            Interlocked.Decrement(ref connectionCount);
        }
    }

    private async Task RefuseAsync(TransportConnection link)
    {
        var connection = new FrameConnection(link, isInitiator: false, settings);
        var reason = $"the server has {options.MaxConnections} connections already (HawserServerOptions.MaxConnections)";
        connection.RefuseCalls(reason);
        ServerLog.ConnectionRefused(logger, link.RemoteAddress, options.MaxConnections);
        try
        {
            if (Interlocked.Increment(ref refusals) <= MaxRefusals)
                await connection.OpenAsync(stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            ServerLog.HandshakeFailed(logger, link.RemoteAddress, exception.Message);
        }
        finally
        {
            await connection.CloseAsync(StatusCode.ResourceExhausted, reason).ConfigureAwait(false);
            Interlocked.Decrement(ref refusals);
            Interlocked.Decrement(ref connectionCount);
        }
    }
}
