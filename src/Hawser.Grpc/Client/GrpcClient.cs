using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Hawser.Frames;
using Hawser.Grpc.Protocol;
using Hawser.Transports;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Client;

/// <summary>A channel's way to one gRPC server: HTTP/2 by .NET's handler, connections by <see cref="GrpcConnector"/>.</summary>
internal sealed partial class GrpcClient : ChannelClient
{
    private readonly GrpcClientOptions grpc;
    private readonly HawserChannelOptions options;
    private readonly Uri server;
    private readonly ConditionalWeakTable<Method, GrpcMethod> methods = [];
    private readonly GrpcOpener opener;
    private long callsStarted;
    private long callsEnded;

    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    internal GrpcClient(Uri address, IPAddress? host, GrpcClientOptions grpc, HawserChannelOptions options, ChannelCallbacks callbacks)
    {
        RequireHostAndPort(address);
        this.grpc = grpc;
        this.options = options;
        Peer = TcpSockets.Text(address);
        var isSecure = string.Equals(address.Scheme, GrpcWire.SecureScheme, StringComparison.Ordinal);
        server = new Uri($"{(isSecure ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{address.Authority}");
        Telemetry = new Telemetry(Tracing.GrpcSystem, Peer, options.TimeProvider);
        Connector = new GrpcConnector(this, address, host, grpc.MaxConnections, options, callbacks);
        Http = HttpHandlers.Create(Connector, grpc, options.Limits);
        Encoding = grpc.Encoding;
        Throttle = grpc.Retry is { } retry ? new RetryThrottle(retry) : null;
        opener = new GrpcOpener(this, server);
    }

    internal HttpMessageInvoker Http { get; }

    internal GrpcConnector Connector { get; }

    internal ConnectionLimits Limits => options.Limits;

    internal TimeProvider TimeProvider => options.TimeProvider;

    internal ILogger Logger => options.LoggerFactory.CreateLogger("Hawser.Channel");

    internal Telemetry Telemetry { get; }

    /// <summary>The server, for people.</summary>
    internal string Peer { get; }

    /// <summary>What requests are compressed with.</summary>
    internal MessageEncoding? Encoding { get; }

    internal Codec Codec => options.Codec;

    internal RetryPolicy? Retry => grpc.Retry;

    internal RetryThrottle? Throttle { get; }

    internal long CallsStarted => Interlocked.Read(ref callsStarted);

    internal override int CallsInFlight => (int)(Interlocked.Read(ref callsStarted) - Interlocked.Read(ref callsEnded));

    internal override bool RetriesByPolicy => grpc.Retry is not null;

    internal override async ValueTask<Connection> OpenAsync(CancellationToken cancellationToken)
    {
        if (Connector.IsDisposed)
            throw Disposed();
        var link = Connector.IsReady && Connector.Links is [{ } open, ..] ? open : await opener.OpenAsync(cancellationToken).ConfigureAwait(false);
        return link.ConnectionFor(this);
    }

    internal override ValueTask<ClientCall> StartAsync(Method method, CallOptions options)
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        if (Refuse(method, options) is { } refusal)
            return ValueTask.FromException<ClientCall>(new RpcException(refusal) { NotRun = true });
        var activity = Tracing.IsWanted ? Tracing.StartClient(method, Tracing.GrpcSystem, Peer, ref options) : null;
        var call = new GrpcClientCall(this, MethodOf(method), options, activity);
        call.Start();
        return new ValueTask<ClientCall>(call);
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (Refuse(method, options) is { } refusal)
        {
            _ = FailAsync(reply, refusal);
            return;
        }

        Activity? activity = null;
        var traced = options;
        if (Tracing.IsWanted)
            activity = Tracing.StartClient(method, Tracing.GrpcSystem, Peer, ref traced);
        if (grpc.Retry is null && !WaitsForReady(traced))
            new UnaryExchange(this, MethodOf(method), traced, request, reply, activity).Start(traced);
        else
            _ = RetriedUnary.RunAsync(new GrpcClientCall(this, MethodOf(method), traced, activity), request.ToArray(), reply);
    }

    /// <summary>Waits for a connection on which the server has said how many calls it takes: HTTP would guess, and calls beyond be refused.</summary>
    /// <exception cref="RpcException">The server cannot be reached.</exception>
    internal ValueTask ReadyAsync(CancellationToken cancellationToken) => Connector.IsReady ? default : new ValueTask(opener.OpenAsync(cancellationToken));

    internal void CallStarted() => Interlocked.Increment(ref callsStarted);

    internal void CallEnded(Method method, Status status, long startedAt)
    {
        Interlocked.Increment(ref callsEnded);
        if (isDraining)
            EndDrainIfIdle();
        Telemetry.ClientCallEnded(method, status, startedAt);
    }

    /// <summary>Whether a call waits while the server cannot be reached.</summary>
    internal bool WaitsForReady(in CallOptions callOptions) => callOptions.WaitForReady ?? grpc.WaitForReady;

    /// <summary>Makes what fires when a deadline passes; to be disposed.</summary>
    internal CancellationTokenSource StartDeadline(TimeSpan timeout) => new(FrameLimits.TimerDue(timeout), TimeProvider);

    /// <summary>What a failure of HTTP means for a call.</summary>
    internal (Status Status, bool NotRun) Describe(Exception exception, Method method, bool wasSent) => exception switch
    {
        RpcException failure => (failure.Status, true),
        _ when Connector.IsDisposed => (DisposedStatus(wasSent), !wasSent),
        _ => TransportFailure.Describe(exception, Peer, method, wasSent, Limits.MaxMetadataSize),
    };

    /// <summary>Whether a call failed because the server could not be reached.</summary>
    internal static bool IsOutOfReach(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            // The one is thrown by the attempt to connect, the other instead of one that would come too soon.
            if (exception is ConnectFailedException or RpcException)
                return true;
        }

        return false;
    }

    internal RpcException Disposed() => new(DisposedStatus(wasSent: false)) { NotRun = true };

    /// <summary>Why calls are not taken any more.</summary>
    internal Status Gone() => Connector.IsDisposed
        ? DisposedStatus(wasSent: false)
        : new Status(StatusCode.Unavailable, $"The channel to {Peer} is draining and takes no new calls. The call was not run.") { IsConnectFailure = true };

    private static async Task FailAsync(UnaryReply reply, Status status)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        reply.Fail(status, notRun: true, Metadata.Empty, Metadata.Empty);
    }

    private Status DisposedStatus(bool wasSent) => new(
        StatusCode.Unavailable, $"The channel to {Peer} has been disposed. The call {(wasSent ? "may have run" : "was not run")}.") { IsConnectFailure = !wasSent };

    private Status? Refuse(Method method, in CallOptions callOptions)
    {
        if (IsLeaving)
            return Gone();
        if (callOptions.Timeout is { } timeout && timeout <= TimeSpan.Zero)
            return new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{method}' had passed before it was sent.");
        if (callOptions.CancellationToken.IsCancellationRequested)
            return new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method}'.");
        return callOptions.Metadata is { Count: > 0 } metadata ? MetadataHeaders.Refuse(metadata, Limits.MaxMetadataSize) : null;
    }

    private GrpcMethod MethodOf(Method method) =>
        methods.TryGetValue(method, out var known) ? known : methods.GetValue(method, one => new GrpcMethod(server, one, Codec.Name));

    private static void RequireHostAndPort(Uri address)
    {
        var text = address.OriginalString;
        if (address.Host.Length == 0)
            throw new ArgumentException($"'{text}' names no host; write for instance {address.Scheme}://127.0.0.1:4770.");
        if (address.Port <= 0)
            throw new ArgumentException($"'{text}' names no port to connect to; write for instance {address.Scheme}://{address.Host}:4770.");
        if (address.PathAndQuery is not ("/" or "") || address.UserInfo.Length > 0)
            throw new ArgumentException($"'{text}' has more than a host and a port; write {address.Scheme}://{address.Host}:{address.Port}.");
    }
}
