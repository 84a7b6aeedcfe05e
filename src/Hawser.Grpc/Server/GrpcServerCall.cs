using System.Diagnostics;
using Hawser.Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>One call that came as an HTTP request: reads its body as messages, runs its endpoint, answers with what that writes.</summary>
/// <remarks>
/// The endpoint is the only one to read and to write, but its call may be ended over its head, by its deadline: everything that touches the response is under
/// <see cref="gate"/>. A call that handed out anything that may outlive it is not used again.
/// </remarks>
internal sealed partial class GrpcServerCall : ServerCall
{
    /// <summary>The error code of HTTP/2 that says that nothing is wrong.</summary>
    private const int NoError = 0;

    /// <summary>The error code of HTTP/2 that says that a request was not processed, so that it may be sent elsewhere.</summary>
    private const int RefusedStream = 7;

    private readonly GrpcServerSettings settings;
    private readonly Lock gate = new();
    private IFeatureCollection features;
    private IHttpRequestFeature request;
    private IHttpResponseFeature response;
    private IHttpResponseBodyFeature responseBody;
    private readonly HttpContext? context;
    private readonly string? path;
    private GrpcServerConnection? connection;
    private GrpcRoute? route;
    private GrpcContentType contentType;
    private Metadata requestMetadata = Metadata.Empty;
    private long startedAt;
    private Activity? activity;

    internal GrpcServerCall(GrpcServerSettings settings, IFeatureCollection features)
    {
        this.settings = settings;
        this.features = features;
        request = features.GetRequiredFeature<IHttpRequestFeature>();
        response = features.GetRequiredFeature<IHttpResponseFeature>();
        responseBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
    }

    /// <summary>Serves a call that came through the pipeline of ASP.NET Core.</summary>
    /// <param name="settings">The server.</param>
    /// <param name="context">The request.</param>
    /// <param name="path">What is called; the request's own path may have a prefix.</param>
    internal GrpcServerCall(GrpcServerSettings settings, HttpContext context, string path)
        : this(settings, context.Features)
    {
        this.context = context;
        this.path = path;
    }

    /// <summary>Whether nobody outside can still hold this call.</summary>
    internal bool CanBeReused { get; private set; } = true;

    public override Method Method => route!.Method;

    public override string Codec => contentType.Codec;

    public override Metadata RequestMetadata => requestMetadata;

    public override Connection Connection => connection!;

    internal override object? HostContext => context;

    private string Path => path ?? request.Path;

    internal override void MarkEscaped() => CanBeReused = false;

    /// <summary>Makes a finished call the next one of its HTTP stream.</summary>
    internal void Reset(IFeatureCollection next)
    {
        features = next;
        request = next.GetRequiredFeature<IHttpRequestFeature>();
        response = next.GetRequiredFeature<IHttpResponseFeature>();
        responseBody = next.GetRequiredFeature<IHttpResponseBodyFeature>();
        requestMetadata = Metadata.Empty;
        route = null;
        ResetReading();
        ResetWriting();
    }

    /// <summary>Serves the call.</summary>
    /// <returns>A task that ends when the response is complete.</returns>
    internal Task RunAsync()
    {
        connection = GrpcServerConnections.Of(features, settings);
        if (Accept() is { } refusal)
        {
            Refuse(refusal);
            return Task.CompletedTask;
        }

        connection.OnCallStarted();
        startedAt = connection.Telemetry.CallStarting();

        // Within ASP.NET Core the request has a span already, which this one belongs to.
        activity = Tracing.StartServer(Method, Tracing.GrpcSystem, connection.RemoteAddress, context is null ? requestMetadata : Metadata.Empty);
        if (timeout is { } time)
            StartDeadline(time);
        ValueTask running;
        try
        {
            running = Invoke();
        }
        catch (Exception exception)
        {
            running = ValueTask.FromException(exception);
        }

        if (!running.IsCompletedSuccessfully)
            return HasDeadline ? AwaitUnlessInterruptedAsync(running) : AwaitAsync(running);
        running.GetAwaiter().GetResult();
        if (IsStillRead)
            return AwaitAsync(default);
        Done();
        return Task.CompletedTask;
    }

    private ValueTask Invoke()
    {
        try
        {
            return route!.HandlerFor(contentType.Codec)(this);
        }
        finally
        {
            // The handler goes on within its span; this thread goes on with other calls.
            if (activity is not null)
                Activity.Current = null;
        }
    }

    private async Task AwaitAsync(ValueTask running)
    {
        var stop = connection!.Stopped.UnsafeRegister(static state => ((GrpcServerCall)state!).OnStopped(), this);
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await FailAsync(exception).ConfigureAwait(false);
        }

        await stop.DisposeAsync().ConfigureAwait(false);
        EndUnlessEnded();
        if (IsStillRead)
            await StopReadingAsync().ConfigureAwait(false);
        Done();
    }

    /// <summary>Waits for the handler, but not beyond the moment when its call was ended over its head.</summary>
    private async Task AwaitUnlessInterruptedAsync(ValueTask running)
    {
        var handling = AwaitAsync(running);
        var first = await Task.WhenAny(handling, interrupted!.Task).ConfigureAwait(false);
        if (first == handling || handling.IsCompleted)
        {
            await handling.ConfigureAwait(false);
            return;
        }

        connection!.OnHandlerAbandoned();
        _ = ForgetAsync(handling, connection);

        await responseBody.CompleteAsync().ConfigureAwait(false);
        if (context is not null)
        {
            // The caller has its answer; the handler keeps the services of its request for as long as it runs on.
            await handling.ConfigureAwait(false);
            return;
        }

        await LetGoOfRequestAsync().ConfigureAwait(false);

        // Kestrel must not use an HTTP stream again that a handler still holds: one that was reset it does not.
        features.Get<IHttpResetFeature>()?.Reset(NoError);
    }

    private static async Task ForgetAsync(Task handling, GrpcServerConnection connection)
    {
        await handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        connection.OnAbandonedHandlerEnded();
    }

    private async ValueTask FailAsync(Exception exception)
    {
        if (interruption is not null && exception is OperationCanceledException or RpcException { Code: StatusCode.Cancelled })
            return;
        var status = CallFailure.ToStatus(exception, settings.ExposeExceptionDetails, Method);
        if (exception is RpcException)
            GrpcLog.HandlerRefused(settings.Logger, Method.FullName, status.ToString());
        else
            GrpcLog.HandlerFailed(settings.Logger, Method.FullName, status.Code, exception);
        try
        {
            await FinishAsync(status, (exception as RpcException)?.Trailers).ConfigureAwait(false);
        }
        catch (RpcException) when (interruption is not null)
        {
            // The octets that were still to be sent have nobody to go to, nor has the status: the call ends as what interrupted it.
        }
    }

    private void EndUnlessEnded()
    {
        if (!HasEnded)
            Finish(interruption ?? new Status(StatusCode.Internal, $"The endpoint of '{Method}' returned without finishing the call."), Metadata.Empty);
    }

    private void Done()
    {
        EndUnlessEnded();
        StopDeadline();
        ReleaseReading();
        ReleaseWriting();
    }

    private void Ended(Status status)
    {
        connection!.OnCallEnded();
        connection.Telemetry.ServerCallEnded(Method, status, startedAt);
        Tracing.End(activity, Tracing.GrpcSystem, status);
        activity = null;
    }
}
