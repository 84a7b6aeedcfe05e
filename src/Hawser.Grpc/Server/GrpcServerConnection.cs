using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>One HTTP connection that a client opened. gRPC has no calls from the server: trying one fails with a sentence.</summary>
internal sealed partial class GrpcServerConnection : Connection
{
    private readonly BaseConnectionContext? context;
    private readonly IFeatureCollection features;
    private readonly long madeAt;
    private readonly GrpcServerSettings settings;
    private long callsServed;
    private long bytesSent;
    private long bytesReceived;
    private int callsInFlight;
    private int abandonedHandlers;
    private GrpcRoutes? ownRoutes;

    internal GrpcServerConnection(GrpcServerSettings settings, IFeatureCollection features, BaseConnectionContext? context, string scheme)
        : base(settings.Codec)
    {
        this.features = features;
        this.context = context;
        madeAt = settings.TimeProvider.GetTimestamp();
        Scheme = scheme;
        Heartbeat = context is null ? null : ConnectionHeartbeat.Of(features);
        RemoteAddress = AddressOf(context?.RemoteEndPoint?.ToString() ?? AddressOf(features, remote: true));
        LocalAddress = AddressOf(context?.LocalEndPoint?.ToString() ?? AddressOf(features, remote: false));
        Telemetry = new Telemetry(Tracing.GrpcSystem, RemoteAddress, settings.TimeProvider);
        this.settings = settings;
        stop = context is null ? null : CancellationTokenSource.CreateLinkedTokenSource(settings.Stopped);
    }

    public override string RemoteAddress { get; }

    public override string LocalAddress { get; }

    public override X509Certificate2? RemoteCertificate => features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    public override CancellationToken Closed => context?.ConnectionClosed ?? features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed ?? CancellationToken.None;

    internal Telemetry Telemetry { get; }

    /// <summary>The handlers that run on although their calls have been given up.</summary>
    internal int AbandonedHandlers => Volatile.Read(ref abandonedHandlers);

    private string Scheme { get; }

    /// <inheritdoc/>
    /// <remarks>Bytes are those of the messages; HTTP's own are not counted, and the round trip is Kestrel's secret.</remarks>
    public override ConnectionStatistics GetStatistics() => new(
        CallsStarted: 0,
        Volatile.Read(ref callsServed),
        Volatile.Read(ref callsInFlight),
        Volatile.Read(ref bytesSent),
        Volatile.Read(ref bytesReceived),
        RoundTripTime: null)
    {
        Age = settings.TimeProvider.GetElapsedTime(madeAt),
    };

    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) =>
        ValueTask.FromException<ClientCall>(new RpcException(NoCallback(method)) { NotRun = true });

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        var status = NoCallback(method);
        ThreadPool.UnsafeQueueUserWorkItem(
            static state => state.Reply.Fail(state.Status, notRun: true, Metadata.Empty, Metadata.Empty), (Reply: reply, Status: status), preferLocal: true);
    }

    /// <summary>Lets Kestrel look after the connection; null where somebody else listens.</summary>
    internal ConnectionHeartbeat? Heartbeat { get; }

    internal void OnCallStarted()
    {
        Interlocked.Increment(ref callsServed);
        Interlocked.Increment(ref callsInFlight);
    }

    internal void OnCallEnded() => Interlocked.Decrement(ref callsInFlight);

    internal void OnHandlerAbandoned() => Interlocked.Increment(ref abandonedHandlers);

    internal void OnAbandonedHandlerEnded()
    {
        if (Interlocked.Decrement(ref abandonedHandlers) == 0)
            SignalWhenQuiet();
    }

    internal void OnSent(long bytes) => Interlocked.Add(ref bytesSent, bytes);

    internal void OnReceived(long bytes) => Interlocked.Add(ref bytesReceived, bytes);

    /// <summary>What finds the connection's own endpoints; null when it has none.</summary>
    internal GrpcRoutes? OwnRoutes => OwnEndpoints is { } own ? ownRoutes ??= settings.RoutesOf(own) : null;

    private static Status NoCallback(Method method) => new(
        StatusCode.Unimplemented, $"'{method}' cannot be called: over gRPC a server cannot call its clients. Use the Hawser wire (tcp://, tls://, unix:) or a duplex stream.");

    private static string? AddressOf(IFeatureCollection features, bool remote)
    {
        if (features.Get<IHttpConnectionFeature>() is not { } connection)
            return null;
        var (address, port) = remote ? (connection.RemoteIpAddress, connection.RemotePort) : (connection.LocalIpAddress, connection.LocalPort);
        return address is null ? null : new System.Net.IPEndPoint(address, port).ToString();
    }

    private string AddressOf(string? endPoint) => $"{Scheme}://{endPoint ?? "unknown"}";
}
