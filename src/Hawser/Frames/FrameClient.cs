using System.Buffers;

namespace Hawser.Frames;

/// <summary>A channel's way to a server over the Hawser wire: one connection at a time, made when it is needed, and made again when it was lost. Its life is in the other files.</summary>
internal sealed partial class FrameClient : ConnectingClient<FrameConnection>
{
    private readonly ChannelCallbacks callbacks;
    private readonly ConnectionCredentials? credentials;
    private readonly FrameDialer dialer;
    private readonly ConnectAttempts attempts;
    private readonly ReconnectBackoff backoff;
    private FrameConnection? current;

    /// <param name="addresses">The addresses in the order in which they are tried; at least one.</param>
    /// <param name="options">The channel's.</param>
    /// <param name="endpoints">What the server may call on this side.</param>
    /// <param name="callbacks">The channel's.</param>
    /// <param name="credentials">Asks for what its connections say of themselves; null when they say nothing.</param>
    internal FrameClient(
        IReadOnlyList<FrameAddress> addresses, HawserChannelOptions options, EndpointRegistry endpoints, ChannelCallbacks callbacks, ConnectionCredentialsRequest? credentials)
        : base(string.Join(", ", addresses.Select(static address => address.Text)), options)
    {
        this.callbacks = callbacks;
        backoff = new ReconnectBackoff(options.Reconnect, options.TimeProvider, options.LoggerFactory.CreateLogger("Hawser.Channel"));
        this.credentials = credentials is null ? null : new ConnectionCredentials(credentials, options);
        dialer = new FrameDialer(addresses, options, this.credentials, new ConnectionSettings(
            options.Codec,
            options.Limits,
            endpoints,
            [],
            options.ExposeExceptionDetails,
            options.LoggerFactory.CreateLogger("Hawser.Channel"),
            options.TimeProvider)
        {
            SerialHandlers = options.SerialHandlers,
        });
        attempts = new ConnectAttempts(Tracing.HawserSystem, Peer, options.TimeProvider);
    }

    internal override bool IsReady => Volatile.Read(ref current) is { IsUsable: true };

    internal override int CallsInFlight => Volatile.Read(ref current)?.CallsInFlight ?? 0;

    internal override IReadOnlyList<AddressHealth> Addresses =>
        [new(Volatile.Read(ref current)?.RemoteAddress ?? Peer, Status.State, Status.Reason, CallsInFlight)];

    internal override Task RefreshCredentialsAsync(CancellationToken cancellationToken) => credentials?.RefreshAsync(cancellationToken) ?? Task.CompletedTask;

    internal override async ValueTask<Connection> OpenAsync(CancellationToken cancellationToken) =>
        await ConnectAsync(new CallOptions { CancellationToken = cancellationToken }).ConfigureAwait(false);

    internal override async ValueTask<ClientCall> StartAsync(Method method, CallOptions options)
    {
        if (Volatile.Read(ref current) is not { IsUsable: true } connection)
            (connection, options) = await ConnectForAsync(options).ConfigureAwait(false);
        return await connection.StartAsync(method, options).ConfigureAwait(false);
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (!TryStartUnary(method, options, request, hasRequest, reply))
            _ = StartUnaryLaterAsync(method, options, request.ToArray(), hasRequest, reply);
    }

    internal override ValueTask<ClientCall>? TryStart(Method method, CallOptions options) =>
        Volatile.Read(ref current) is { IsUsable: true } connection ? connection.StartAsync(method, options) : null;

    internal override bool TryStartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (Volatile.Read(ref current) is not { IsUsable: true } connection)
            return false;
        connection.StartUnary(method, options, request, hasRequest, reply);
        return true;
    }

    protected override void StartUnaryOn(
        FrameConnection connected, Method method, in CallOptions callOptions, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply) =>
        connected.StartUnary(method, callOptions, request, hasRequest, reply);

    protected override async ValueTask<FrameConnection> ConnectAsync(CallOptions callOptions)
    {
        var from = Options.TimeProvider.GetTimestamp();
        var waitForReady = callOptions.WaitForReady ?? false;
        while (true)
        {
            if (Volatile.Read(ref current) is { IsUsable: true } usable)
                return usable;
            var (attempt, pause) = Approach(waitForReady);
            try
            {
                var left = callOptions.Timeout is { } timeout
                    ? FrameLimits.TimerDue(Max(timeout - Options.TimeProvider.GetElapsedTime(from), TimeSpan.Zero))
                    : Timeout.InfiniteTimeSpan;
                if (attempt is not null)
                    return await attempt.WaitAsync(left, Options.TimeProvider, callOptions.CancellationToken).ConfigureAwait(false);
                await pause!.WaitAsync(left, Options.TimeProvider, callOptions.CancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw OutOfTime();
            }
            catch (RpcException failure) when (waitForReady && IsWorthWaiting(failure.Status))
            {
                // The next attempt may succeed; the channel makes it when it is time.
            }
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
