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
    /// <summary>How long close callbacks are waited for once every connection is closed.</summary>
    private static readonly TimeSpan ClosedCallbacksTimeout = TimeSpan.FromSeconds(5);

    private readonly HawserServerOptions options;
    private readonly ConnectionSettings settings;
    private readonly TransportRegistry transports;
    private readonly ConcurrentDictionary<FrameConnection, byte> connections = new();
    private readonly ConcurrentDictionary<TransportListener, Task> listeners = new();
    private readonly ConcurrentDictionary<WireListener, byte> wireListeners = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ServerConnections shared;
    private readonly ILogger logger;

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
            this.options.TimeProvider)
        {
            SerialHandlers = this.options.SerialHandlers,
            MetadataChanged = this.options.ConnectionMetadataChanged,
            Outbox = this.options.Outbox,
        };
        shared = new ServerConnections(this.options, logger);
        Groups = new ConnectionGroups(this.options.Codec);
    }

    /// <summary>What is served.</summary>
    public EndpointRegistry Endpoints { get; }

    /// <summary>The addresses that are listened on, with the ports that were chosen.</summary>
    public IReadOnlyCollection<Uri> Addresses => [.. listeners.Keys.Select(static listener => listener.Address), .. wireListeners.Keys.Select(static listener => listener.Address)];

    /// <summary>The groups that connections are in.</summary>
    public ConnectionGroups Groups { get; }

    /// <summary>The open connections: those that have been accepted, and have not ended.</summary>
    public IReadOnlyCollection<Connection> Connections =>
        [.. connections.Keys.Where(static connection => connection.IsOpen), .. wireListeners.Keys.SelectMany(static listener => listener.Connections)];

    /// <summary>The clock of the server's options.</summary>
    internal TimeProvider TimeProvider => options.TimeProvider;

    /// <summary>Fires when the server begins to stop, for calls that would otherwise go on for as long as it lets them.</summary>
    internal CancellationToken Stopping => stopping.Token;

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
    /// <param name="address"><c>tcp://host:port</c>, <c>tls://host:port</c>, <c>quic://host:port</c>, <c>unix:path</c> or <c>inproc:name</c>, or an address of one of the options' wires; port 0 chooses a free one.</param>
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
        var listener = await carrier.ListenAsync(uri, transport.WithLimits(options.Limits), cancellationToken).ConfigureAwait(false);
        listeners[listener] = new AcceptLoop(listener, shared.AcceptRate, logger, options.TimeProvider).RunAsync(Take, stopping.Token);
        if (stopping.IsCancellationRequested)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            listeners.TryRemove(listener, out _);
            throw Stopped();
        }

        return listener.Address;
    }

    /// <summary>Serves the connections of an address as raw bytes: a handler speaks its own protocol, without a preface or frames.</summary>
    /// <param name="address">An address of a transport: <c>tcp://host:port</c>, <c>tls://host:port</c>, <c>quic://host:port</c>, <c>unix:path</c> or <c>inproc:name</c>; port 0 chooses a free one.</param>
    /// <param name="handler">
    /// Serves one connection, which is closed when the returned task has ended, and aborted when it failed. Its token fires when the link is lost and when the server stops; then it has the drain
    /// of <see cref="StopAsync"/> to come to its end.
    /// </param>
    /// <param name="options">Settings; the defaults when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The address, with the port that was chosen.</returns>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    /// <exception cref="IOException">The address cannot be listened on; the text says why.</exception>
    public async ValueTask<Uri> ListenRawAsync(
        string address, Func<RawConnection, CancellationToken, Task> handler, RawListenOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ObjectDisposedException.ThrowIf(stopping.IsCancellationRequested, this);
        options ??= new RawListenOptions();
        var (carrier, uri) = transports.Find(address);
        var listener = await carrier.ListenAsync(uri, options.Transport, cancellationToken).ConfigureAwait(false);
        return await AddAsync(new RawListener(listener, handler, options, logger, this.options.TimeProvider)).ConfigureAwait(false);
    }

    /// <summary>
    /// Stops in order: takes no new connections, lets queued notifications leave, tells every peer that it is going away, lets the calls in flight finish for at most
    /// <paramref name="drain"/> altogether, then resets what is left. Calls that arrive meanwhile are refused as not run, so that their callers may try elsewhere.
    /// </summary>
    /// <param name="drain">The most that calls may take to finish; <see cref="TimeSpan.MaxValue"/> for as long as they like, which is 40 days.</param>
    /// <param name="cancellationToken">Ends the waiting early; what is left is reset.</param>
    /// <returns>A task that ends when every connection is closed, and the close callbacks have run.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The drain is negative (as <see cref="Timeout.InfiniteTimeSpan"/> is); the server goes on.</exception>
    public async Task StopAsync(TimeSpan drain, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drain, TimeSpan.Zero);
        drain = FrameLimits.TimerDue(drain);
        await StopListeningAsync().ConfigureAwait(false);
        var wires = Task.WhenAll(TakeWireListeners().Select(listener => listener.StopAsync(drain, cancellationToken)));
        var open = connections.Keys.ToArray();
        try
        {
            await Task.WhenAll(open.Select(static connection => connection.DrainAsync("the server is stopping"))).WaitAsync(drain, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            ServerLog.DrainTimedOut(logger, open.Sum(static connection => connection.PeerCallsInFlight), drain);
            foreach (var connection in open.Where(static connection => !connection.IsGoingAway))
                connection.GoAway("the server is stopping");
        }

        await Task.WhenAll(connections.Keys.Select(static connection => connection.CloseAsync(StatusCode.Unavailable, "the server has stopped"))).ConfigureAwait(false);
        await wires.ConfigureAwait(false);
        await EndLifecycleAsync().ConfigureAwait(false);
    }

    /// <summary>Stops at once; calls in flight end with <see cref="StatusCode.Unavailable"/>.</summary>
    /// <returns>A task that ends when every connection is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await StopListeningAsync().ConfigureAwait(false);
        await Task.WhenAll(connections.Keys.Select(static connection => connection.CloseAsync(StatusCode.Unavailable, "the server has stopped"))).ConfigureAwait(false);
        foreach (var listener in TakeWireListeners())
            await listener.DisposeAsync().ConfigureAwait(false);
        await EndLifecycleAsync().ConfigureAwait(false);
    }

    /// <summary>Those that are to be stopped; none of them twice.</summary>
    private List<WireListener> TakeWireListeners() =>
        [.. wireListeners.Keys.Where(listener => wireListeners.TryRemove(listener, out _))];

    private static ObjectDisposedException Stopped() => new(nameof(HawserServer), "The server has been stopped.");

    private async ValueTask<Uri> ListenAsync(Wire wire, Uri address, ServerTransportOptions transport, CancellationToken cancellationToken)
    {
        var listener = await wire.ListenAsync(address, options, Endpoints, shared, transport, cancellationToken).ConfigureAwait(false);
        return await AddAsync(listener).ConfigureAwait(false);
    }

    private async ValueTask<Uri> AddAsync(WireListener listener)
    {
        wireListeners[listener] = 0;
        if (!stopping.IsCancellationRequested)
            return listener.Address;
        await listener.DisposeAsync().ConfigureAwait(false);
        wireListeners.TryRemove(listener, out _);
        throw Stopped();
    }

    private async Task EndLifecycleAsync()
    {
        try
        {
            await shared.Lifecycle.Idle.WaitAsync(ClosedCallbacksTimeout, options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            ServerLog.ClosedCallbacksTimedOut(logger, ClosedCallbacksTimeout);
        }
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

    private void Take(TransportConnection link)
    {
        if (shared.Admission.TryEnter(link.RemoteHost, out var refusal) is { } place)
            _ = ServeAsync(link, place);
        else
            _ = RefuseAsync(link, refusal!);
    }

    private async Task ServeAsync(TransportConnection link, IDisposable place)
    {
        var connection = new FrameConnection(link, isInitiator: false, settings);
        connections[connection] = 0;
        var isAccepted = false;
        try
        {
            var verdict = await connection
                .OpenAsync(shared.Lifecycle.HasCallbacks ? token => shared.Lifecycle.OpenAsync(connection, connection.Quiet, token) : null, stopping.Token)
                .ConfigureAwait(false);
            isAccepted = verdict.IsOk;
            if (isAccepted)
                await connection.Ended.ConfigureAwait(false);
            else
                await CloseRefusedAsync(connection, verdict).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.HandshakeFailed(logger, link.RemoteAddress, exception);
        }
        finally
        {
            // The link tells the peer why it has ended, and may not have come to it yet.
            await connection.CloseAsync(StatusCode.Unavailable, connection.EndReason is { Length: > 0 } known ? known : "the handshake failed").ConfigureAwait(false);
            connections.TryRemove(connection, out _);
            place.Dispose();
        }

        await connection.Quiet.ConfigureAwait(false);
        if (isAccepted)
            await shared.Lifecycle.CloseAsync(connection).ConfigureAwait(false);
        else
            shared.Lifecycle.Forget(connection);
    }

    private async Task RefuseAsync(TransportConnection link, Status refusal)
    {
        if (!shared.TryBeginRefusal(link.RemoteAddress, refusal))
        {
            await link.DisposeAsync().ConfigureAwait(false);
            return;
        }

        var connection = new FrameConnection(link, isInitiator: false, settings);
        try
        {
            await connection.OpenAsync(_ => ValueTask.FromResult(refusal), stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.HandshakeFailed(logger, link.RemoteAddress, exception);
        }
        finally
        {
            await connection.CloseAsync(refusal.Code, refusal.Text).ConfigureAwait(false);
            shared.EndRefusal();
        }
    }

    private Task CloseRefusedAsync(FrameConnection connection, Status refusal)
    {
        ServerLog.ConnectionRefused(logger, connection.RemoteAddress, refusal.Text);
        return connection.CloseAsync(refusal.Code, refusal.Text);
    }
}
