using System.Buffers;

namespace Hawser;

/// <summary>The client's long-lived handle on a server, or on several that do the same. Connects when it is first used, and again by itself whenever the connection has been lost.</summary>
/// <remarks>
/// Safe from any thread; one channel serves any number of callers. While no server can be reached calls fail at once with <see cref="StatusCode.Unavailable"/> and the reason of the last failure,
/// or wait if they are marked <see cref="CallOptions.WaitForReady"/>; attempts are made by the rule of <see cref="HawserChannelOptions.Reconnect"/>. A call whose connection is lost ends with
/// <see cref="StatusCode.Unavailable"/>; <see cref="RpcException.NotRun"/> says whether it certainly did not run.
/// </remarks>
public sealed class HawserChannel : CallInvoker, IAsyncDisposable
{
    private readonly HawserChannelOptions options;
    private readonly ChannelCallbacks callbacks;
    private readonly ChannelClient life;
    private readonly WireClient client;
    private readonly CallCredentials? credentials;
    private readonly ClientCallStarter? intercepted;
    private readonly Lock gate = new();
    private IDisposable? networkWatch;
    private Task? disposal;

    private HawserChannel(string address, HawserChannelOptions options)
        : base(options.Codec)
    {
        this.options = options;
        Address = address;
        Endpoints = new EndpointRegistry(options.Codec);
        callbacks = new ChannelCallbacks(options);
        life = new ChannelFactory(options, Endpoints, callbacks).Create(address);
        client = new RetryingClient(life, options);
        credentials = CallCredentials.Of(options, address, client);
        intercepted = Compose(options.Interceptors);
        life.Status.Changed += OnChanged;
    }

    /// <summary>Told of every step from one state to the next, one after another and in order, on a thread of the pool. A subscriber that blocks holds the later ones back; what it throws is logged.</summary>
    public event EventHandler<ChannelStateChangedEventArgs>? StateChanged;

    /// <summary>The address, or the addresses separated by commas, that the channel was made with.</summary>
    public string Address { get; }

    /// <summary>What the channel is doing. Of several servers: what the one does that is best off.</summary>
    public ChannelState State => life.Status.State;

    /// <summary>How the channel's servers do: one entry for each that it keeps a connection to, or the only one with <see cref="LoadBalancing.PickFirst"/>.</summary>
    public IReadOnlyList<AddressHealth> Servers => life.Addresses;

    /// <summary>What the server may call on this side.</summary>
    public EndpointRegistry Endpoints { get; }

    /// <summary>Makes a channel. Nothing is sent until it is used.</summary>
    /// <param name="address">
    /// <c>tcp://host:port</c>, <c>tls://host:port</c>, <c>quic://host:port</c>, <c>unix:path</c> or <c>inproc:name</c>, or an address of one of the options' wires. Several, of the same wire, are separated by
    /// commas: <c>quic://host:4772,tls://host:4772</c>; <see cref="HawserChannelOptions.LoadBalancing"/> says what they are for.
    /// </param>
    /// <param name="options">Settings; the defaults when null.</param>
    /// <returns>The channel, which must be disposed.</returns>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    public static HawserChannel Connect(string address, HawserChannelOptions? options = null) => new(address, options ?? new HawserChannelOptions());

    /// <summary>Connects now, if there is no connection.</summary>
    /// <param name="cancellationToken">Gives up waiting; connecting goes on for others who wait.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="RpcException">The peer cannot be reached (<see cref="StatusCode.Unavailable"/>); the text says why.</exception>
    public ValueTask<Connection> OpenAsync(CancellationToken cancellationToken = default) => client.OpenAsync(cancellationToken);

    /// <summary>Waits until the channel is in a state. It does not connect by itself: <see cref="OpenAsync"/> does.</summary>
    /// <param name="state">The state; one that the channel leaves again at once may be missed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A task that ends when the channel is in that state.</returns>
    /// <exception cref="ObjectDisposedException">The channel was disposed first.</exception>
    public Task WaitForStateAsync(ChannelState state, CancellationToken cancellationToken = default) => life.Status.WaitForAsync(state, cancellationToken);

    /// <summary>
    /// Drops the connections and makes new ones now, however long the backoff, and also if the channel need not stay connected (<see cref="ReconnectOptions.KeepConnected"/>); only a delay that
    /// <see cref="HawserChannelOptions.ConnectionClosed"/> chooses is obeyed. Calls in flight end with <see cref="StatusCode.Unavailable"/>: they may have run.
    /// </summary>
    public void Reset() => life.Reset();

    /// <summary>
    /// Says that the machine's network has changed: a connection whose local address is gone, or on which nothing arrives within <see cref="ReconnectOptions.NetworkPatience"/>, is replaced, and a
    /// channel that backs off tries now. Over gRPC a replacement is made when the next call wants it. The channel notices most changes by itself.
    /// </summary>
    public void NetworkChanged() => life.NetworkChanged();

    /// <summary>Takes no new calls, lets those in flight finish, and disposes the channel.</summary>
    /// <param name="drain">The most that calls may take to finish; what is left then ends with <see cref="StatusCode.Unavailable"/>. <see cref="TimeSpan.MaxValue"/> for as long as they like, which is 40 days.</param>
    /// <param name="cancellationToken">Ends the waiting early.</param>
    /// <returns>A task that ends when the channel is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The drain is negative (as <see cref="Timeout.InfiniteTimeSpan"/> is); the channel goes on.</exception>
    public async Task ShutdownAsync(TimeSpan drain, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(drain, TimeSpan.Zero);
        try
        {
            await life.DrainAsync().WaitAsync(Frames.FrameLimits.TimerDue(drain), options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Time is up: what is left is ended by disposing.
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Reads a stream that survives its connection: when that is lost, the method is called again with a request that is made from the last reply.</summary>
    /// <typeparam name="TRequest">The request's type.</typeparam>
    /// <typeparam name="TReply">The replies' type; not <see cref="ReadOnlySequence{T}"/> of bytes, which is borrowed.</typeparam>
    /// <param name="method">The full name of a server-streaming method that can begin anywhere: after any of its replies.</param>
    /// <param name="first">The request of the first call, and of the next as long as no reply has come.</param>
    /// <param name="after">Makes the request for what follows a reply, the last that was given to the reader. Called between two calls, once for each; what it throws comes out of the enumeration.</param>
    /// <param name="options">Metadata of every call, the timeout of all together, cancellation. <see cref="CallOptions.WaitForReady"/> concerns the first call; those after it wait for the channel.</param>
    /// <returns>
    /// The replies, each exactly once and in order, if the method gives after a reply what followed it. It goes on for as long as connections are lost, at once after progress, and once without; then with the delays of
    /// <see cref="HawserChannelOptions.Reconnect"/>. It ends as the method ends: with an <see cref="RpcException"/> for any status but <see cref="StatusCode.Ok"/> and
    /// <see cref="StatusCode.Unavailable"/>; also when the channel cannot connect the first time (unless it waits), is closed, or the timeout has passed.
    /// </returns>
    /// <exception cref="ArgumentException">The replies would be borrowed.</exception>
    public IAsyncEnumerable<TReply> ResumeAsync<TRequest, TReply>(string method, TRequest first, Func<TReply, TRequest> after, CallOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(after);
        ResumedStream<TRequest, TReply>.CheckReply(nameof(TReply));
        return new ResumedStream<TRequest, TReply>(this, this.options, method, first, after, options);
    }

    /// <inheritdoc/>
    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) =>
        intercepted is null ? StartOnWireAsync(method, options) : intercepted(method, options);

    /// <summary>Asks for new credentials now: for the calls to come, and for every living connection, which is sent them.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A task that ends when they have been got and sent. A server that refuses them closes the connection.</returns>
    /// <exception cref="RpcException">
    /// There are none, or the server takes none on a living connection (<see cref="StatusCode.Unimplemented"/>), or the channel has been disposed (<see cref="StatusCode.Unavailable"/>).
    /// </exception>
    public async Task RefreshCredentialsAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (disposal is not null)
                throw new RpcException(StatusCode.Unavailable, $"The channel to {Address} has been disposed. Its credentials were not refreshed.") { NotRun = true };
        }

        if (credentials is not null)
            await credentials.RefreshAsync(cancellationToken).ConfigureAwait(false);
        await life.RefreshCredentialsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes every connection; calls in flight end with <see cref="StatusCode.Unavailable"/>. From within one of the channel's callbacks it does not wait for the end.
    /// </summary>
    /// <returns>A task that ends when the connections are closed and all callbacks have returned.</returns>
    public ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (disposal is null)
            {
                // What runs from here on is none of the callback's that may have called this.
                using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
                disposal = Task.Run(DisposeCoreAsync);
            }

            return callbacks.AreRunning ? default : new ValueTask(disposal);
        }
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (intercepted is null && credentials is null)
            client.StartUnary(method, options, request, hasRequest, reply);
        else if (intercepted is null)
            credentials!.StartUnary(method, options, request, hasRequest, reply);
        else
            _ = InterceptUnaryAsync(intercepted, method, options, request.ToArray(), hasRequest, reply);
    }

    private ValueTask<ClientCall> StartOnWireAsync(Method method, CallOptions options) =>
        credentials is null ? client.StartAsync(method, options) : credentials.StartAsync(method, options);

    private async Task DisposeCoreAsync()
    {
        lock (gate)
            networkWatch?.Dispose();
        await client.DisposeAsync().ConfigureAwait(false);
        callbacks.Finished(Address);
    }

    private void OnChanged(object? sender, ChannelStateChangedEventArgs change)
    {
        if (change.Current == ChannelState.Ready && networkWatch is null)
            WatchNetwork();
        try
        {
            StateChanged?.Invoke(this, change);
        }
        catch (Exception exception)
        {
            // It runs on a thread of the pool, where it would end the process.
            ChannelLog.SubscriberFailed(options.LoggerFactory.CreateLogger("Hawser.Channel"), Address, exception);
        }
    }

    /// <summary>Only a channel that has had a connection can lose it: those that never had do not pay for the watching.</summary>
    private void WatchNetwork()
    {
        lock (gate)
        {
            if (disposal is null && options.Reconnect.WatchesNetwork)
                networkWatch ??= NetworkWatch.Subscribe(NetworkChanged, options.LoggerFactory.CreateLogger("Hawser.Channel"));
        }
    }

    private static async Task InterceptUnaryAsync(ClientCallStarter start, Method method, CallOptions options, byte[] request, bool hasRequest, UnaryReply reply)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var call = await start(method, options).ConfigureAwait(false);
            await using var release = call.ConfigureAwait(false);
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
        ClientCallStarter start = StartOnWireAsync;
        for (var i = interceptors.Count - 1; i >= 0; i--)
        {
            var next = start;
            var interceptor = interceptors[i];
            start = (method, options) => interceptor.StartAsync(method, options, next);
        }

        return start;
    }
}
