using System.Buffers;
using System.Security.Authentication;
using Hawser.Transports;

namespace Hawser.Frames;

/// <summary>A channel's way to one address over the Hawser wire: one connection at a time, made when it is needed, and made again when it was lost.</summary>
internal sealed class FrameClient : WireClient
{
    private readonly HawserChannelOptions options;
    private readonly ConnectionSettings settings;
    private readonly Transport transport;
    private readonly Uri address;
    private readonly ConnectBackoff backoff;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposing = new();
    private readonly HashSet<FrameConnection> connections = [];
    private FrameConnection? current;
    private Task<FrameConnection>? connecting;

    internal FrameClient(Transport transport, Uri address, HawserChannelOptions options, EndpointRegistry endpoints)
    {
        this.transport = transport;
        this.address = address;
        this.options = options;
        backoff = new ConnectBackoff(options.TimeProvider);
        settings = new ConnectionSettings(
            options.Codec,
            options.Limits,
            endpoints,
            [],
            options.ExposeExceptionDetails,
            options.LoggerFactory.CreateLogger("Hawser.Channel"),
            options.TimeProvider);
    }

    internal override async ValueTask<Connection> OpenAsync(CancellationToken cancellationToken) =>
        await GetConnectionAsync(cancellationToken).ConfigureAwait(false);

    internal override async ValueTask<ClientCall> StartAsync(Method method, CallOptions options)
    {
        if (Volatile.Read(ref current) is not { IsUsable: true } connection)
            (connection, options) = await ConnectForAsync(options).ConfigureAwait(false);
        return await connection.StartAsync(method, options).ConfigureAwait(false);
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (Volatile.Read(ref current) is { IsUsable: true } connection)
            connection.StartUnary(method, options, request, hasRequest, reply);
        else
            _ = StartUnaryLaterAsync(method, options, request.ToArray(), hasRequest, reply);
    }

    public override async ValueTask DisposeAsync()
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
