using System.Buffers;
using System.Security.Authentication;
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
    private readonly HawserChannelOptions options;
    private readonly ConnectionSettings settings;
    private readonly Transport transport;
    private readonly Uri address;
    private readonly ConnectBackoff backoff;
    private readonly ClientCallStarter? intercepted;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposing = new();
    private readonly HashSet<FrameConnection> connections = [];
    private FrameConnection? current;
    private Task<FrameConnection>? connecting;

    private HawserChannel(string address, HawserChannelOptions options)
        : base(options.Codec)
    {
        this.options = options;
        (transport, this.address) = new TransportRegistry(options.Transports).Find(address);
        Endpoints = new EndpointRegistry(options.Codec);
        backoff = new ConnectBackoff(options.TimeProvider);
        settings = new ConnectionSettings(
            options.Codec,
            options.Limits,
            Endpoints,
            [],
            options.ExposeExceptionDetails,
            options.LoggerFactory.CreateLogger("Hawser.Channel"),
            options.TimeProvider);
        intercepted = Compose(options.Interceptors);
    }

    /// <summary>What the server may call on this side.</summary>
    public EndpointRegistry Endpoints { get; }

    /// <summary>Makes a channel. Nothing is sent until it is used.</summary>
    /// <param name="address"><c>tcp://host:port</c>, <c>tls://host:port</c>, <c>unix:path</c> or <c>inproc:name</c>.</param>
    /// <param name="options">Settings; the defaults when null.</param>
    /// <returns>The channel, which must be disposed.</returns>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    public static HawserChannel Connect(string address, HawserChannelOptions? options = null) => new(address, options ?? new HawserChannelOptions());

    /// <summary>Connects now, if there is no connection.</summary>
    /// <param name="cancellationToken">Gives up waiting; connecting goes on for others who wait.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="RpcException">The peer cannot be reached (<see cref="StatusCode.Unavailable"/>); the text says why.</exception>
    public async ValueTask<Connection> OpenAsync(CancellationToken cancellationToken = default) =>
        await GetConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) =>
        intercepted is null ? StartOnConnectionAsync(method, options) : intercepted(method, options);

    /// <summary>Closes the connection; calls in flight end with <see cref="StatusCode.Unavailable"/>.</summary>
    /// <returns>A task that ends when the connection is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        Task<FrameConnection>? pending;
        await disposing.CancelAsync().ConfigureAwait(false);
        lock (gate)
        {
            pending = connecting;
            current = null;
        }

        if (pending is not null)
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        FrameConnection[] open;
        lock (gate)
        {
            open = [.. connections];
        }

        await Task.WhenAll(open.Select(static connection => connection.CloseAsync(StatusCode.Ok, "the channel was disposed"))).ConfigureAwait(false);
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (intercepted is null && Volatile.Read(ref current) is { IsUsable: true } connection)
            connection.StartUnary(method, options, request, hasRequest, reply);
        else if (intercepted is null)
            _ = StartUnaryLaterAsync(method, options, request.ToArray(), hasRequest, reply);
        else
            _ = InterceptUnaryAsync(intercepted, method, options, request.ToArray(), hasRequest, reply);
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
        ClientCallStarter start = StartOnConnectionAsync;
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var next = start;
            var interceptor = interceptors[i];
            start = (method, options) => interceptor.StartAsync(method, options, next);
        }

        return start;
    }

    private async ValueTask<ClientCall> StartOnConnectionAsync(Method method, CallOptions callOptions)
    {
        if (Volatile.Read(ref current) is not { IsUsable: true } connection)
            (connection, callOptions) = await ConnectForAsync(callOptions).ConfigureAwait(false);
        return await connection.StartAsync(method, callOptions).ConfigureAwait(false);
    }

    private async Task StartUnaryLaterAsync(Method method, CallOptions callOptions, byte[] request, bool hasRequest, UnaryReply reply)
    {
        try
        {
            var (connection, remaining) = await ConnectForAsync(callOptions).ConfigureAwait(false);
            connection.StartUnary(method, remaining, new ReadOnlySequence<byte>(request), hasRequest, reply);
        }
        catch (RpcException exception)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            reply.Fail(exception.Status, notRun: true, Metadata.Empty, Metadata.Empty);
        }
        catch (OperationCanceledException)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            reply.Fail(new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method}'."), notRun: true, Metadata.Empty, Metadata.Empty);
        }
        catch (Exception exception)
        {
            // A transport that throws what it should not: the caller must learn of it all the same.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            reply.Fail(new Status(StatusCode.Unavailable, $"{address} cannot be connected to: {exception.Message}"), notRun: true, Metadata.Empty, Metadata.Empty);
        }
    }

    private RpcException Disposed() => new(new Status(StatusCode.Unavailable, $"The channel to {address} has been disposed. The call was not run.")) { NotRun = true };

    /// <summary>Connects for a call, whose time to wait begins now.</summary>
    /// <returns>The connection, and the options with the time that is left.</returns>
    private async ValueTask<(FrameConnection Connection, CallOptions Remaining)> ConnectForAsync(CallOptions callOptions)
    {
        var from = options.TimeProvider.GetTimestamp();
        var connection = await GetConnectionAsync(callOptions.CancellationToken, callOptions.Timeout).ConfigureAwait(false);
        return (connection, callOptions.Timeout is { } timeout ? callOptions with { Timeout = timeout - options.TimeProvider.GetElapsedTime(from) } : callOptions);
    }

    private async ValueTask<FrameConnection> GetConnectionAsync(CancellationToken cancellationToken, TimeSpan? timeout = null)
    {
        if (Volatile.Read(ref current) is { IsUsable: true } usable)
            return usable;
        Task<FrameConnection> attempt;
        lock (gate)
        {
            if (disposing.IsCancellationRequested)
                throw Disposed();
            if (current is { IsUsable: true } open)
                return open;
            if (connecting is null or { IsCompleted: true })
            {
                backoff.ThrowIfTooSoon();
                connecting = ConnectAsync();
            }

            attempt = connecting;
        }

        try
        {
            return await attempt.WaitAsync(timeout is { } time ? FrameLimits.TimerDue(time) : Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"The deadline passed while {address} was being connected to. The call was not run.")) { NotRun = true };
        }
    }

    private async Task ForgetAsync(FrameConnection connection)
    {
        await connection.Ended.ConfigureAwait(false);
        lock (gate)
        {
            connections.Remove(connection);
        }
    }

    private async Task<FrameConnection> ConnectAsync()
    {
        // Others take the gate to wait for this attempt; it must not run under it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        FrameConnection? connection = null;
        try
        {
            using var timeout = new CancellationTokenSource(options.Limits.HandshakeTimeout, options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, disposing.Token);
            TransportConnection link;
            try
            {
                link = await transport.ConnectAsync(address, options.Transport, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!disposing.IsCancellationRequested)
            {
                throw new IOException($"{address} did not answer within {options.Limits.HandshakeTimeout.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout).");
            }

            connection = new FrameConnection(link, isInitiator: true, settings);
            await connection.OpenAsync(disposing.Token).ConfigureAwait(false);
            backoff.Succeeded();
            lock (gate)
            {
                if (!disposing.IsCancellationRequested)
                {
                    current = connection;
                    connections.Add(connection);
                    _ = ForgetAsync(connection);
                    return connection;
                }
            }

            throw new OperationCanceledException(disposing.Token);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or OperationCanceledException)
        {
            if (connection is not null)
                await connection.CloseAsync(StatusCode.Cancelled, "the connection could not be used").ConfigureAwait(false);
            if (disposing.IsCancellationRequested)
                throw Disposed();
            var status = new Status(StatusCode.Unavailable, $"{exception.Message.TrimEnd('.')}. The call was not run.");
            backoff.Failed(status, isPermanent: connection?.IsVersionMismatch == true);
            throw new RpcException(status, innerException: exception) { NotRun = true };
        }
    }
}
