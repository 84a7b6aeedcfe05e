using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using Hawser.Frames;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>One gRPC call of any kind, as its caller sees it. Of its attempts, one is answered, or none.</summary>
internal sealed partial class GrpcClientCall : ClientCall
{
    // What is kept of a request until the server has begun to answer, in case that it certainly did not begin the call.
    private const int UnansweredRequest = 256 * 1024;

    private readonly GrpcClient client;
    private readonly GrpcMethod method;
    private readonly CallOptions options;
    private readonly Activity? activity;
    private readonly long startedAt;
    private readonly long startedForTelemetry;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RequestBody? body;
    private MessageContent? single;
    private CallAttempt? attempt;
    private OctetsWriter? requestOctets;
    private ResponseOctets? responseOctets;
    private CancellationTokenRegistration registration;
    private ITimer? timer;
    private Status? status;
    private int messagesRead;
    private bool requestEnded;
    private bool isReading;
    private bool isDisposed;

    internal GrpcClientCall(GrpcClient client, GrpcMethod method, in CallOptions options, Activity? activity)
    {
        this.client = client;
        this.method = method;
        this.options = options;
        this.activity = activity;
        startedAt = client.TimeProvider.GetTimestamp();
        startedForTelemetry = client.Telemetry.CallStarting();
        if (method.Method.Request > Body.Message)
            body = new RequestBody(client.Retry?.MaxBufferedSize ?? UnansweredRequest);
    }

    public override Method Method => method.Method;

    public override ReadOnlySequence<byte> Message => attempt?.Messages?.Message ?? default;

    public override bool IsMessageCompressed => attempt?.Messages?.IsCompressed ?? false;

    public override Status? Status => Volatile.Read(ref status);

    public override Metadata Trailers => TrailersOfEnd;

    public override bool NotRun => IsNotRun;

    public override PipeWriter RequestOctets => Method.Request >= Body.Octets
        ? requestOctets ??= new OctetsWriter(piece => body!.WriteAsync(piece, client.Encoding, mayWait: false), EndOctetsAsync)
        : throw new InvalidOperationException($"The request of '{Method}' has no octets.");

    public override PipeReader ResponseOctets => Method.Response >= Body.Octets
        ? responseOctets ??= new ResponseOctets(this)
        : throw new InvalidOperationException($"The response of '{Method}' has no octets.");

    /// <summary>The response headers, if they have come.</summary>
    internal Metadata HeadersOrEmpty => attempt?.Head.Headers ?? Metadata.Empty;

    private Metadata TrailersOfEnd { get; set; } = Metadata.Empty;

    private bool IsNotRun { get; set; }

    /// <summary>Whether any of the request may have reached the server.</summary>
    private bool IsTaken => body?.IsTaken ?? single?.IsTaken ?? false;

    /// <summary>Begins to watch the caller's token and deadline, and sends the headers of a request that goes on.</summary>
    internal void Start()
    {
        client.CallStarted();
        if (options.Timeout is { } timeout)
        {
            timer = client.TimeProvider.CreateTimer(
                static state => ((GrpcClientCall)state!).DeadlinePassed(), this, FrameLimits.TimerDue(timeout), Timeout.InfiniteTimeSpan);
        }

        if (options.CancellationToken.CanBeCanceled)
            registration = options.CancellationToken.UnsafeRegister(static state => ((GrpcClientCall)state!).Cancel(), this);
        if (Status is not null)
            StopWatching();
        if (body is not null)
            _ = OpenAsync(new MessagesContent(body));
        else if (Method.Request == Body.Empty)
            CompleteRequest();
    }

    public override async ValueTask<Metadata> ReadHeadersAsync()
    {
        await opened.Task.ConfigureAwait(false);
        if (attempt is { } answered)
            return answered.Head.Headers;
        return Status is { IsOk: false } failure ? throw new RpcException(failure, Trailers) { NotRun = NotRun } : Metadata.Empty;
    }

    public override ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None)
    {
        if (requestEnded)
            throw new InvalidOperationException($"The request of '{Method}' has been completed; nothing more can be written.");
        var encoding = (flags & WriteFlags.NoCompress) == 0 ? client.Encoding : null;
        if (body is not null)
            return body.WriteAsync(message, encoding, (flags & WriteFlags.BufferHint) != 0);
        if (Method.Request == Body.Empty)
            throw new InvalidOperationException($"The request of '{Method}' is empty; nothing can be written.");
        Send(message, encoding);
        return new ValueTask<bool>(Status is null);
    }

    public override async ValueTask CompleteAsync()
    {
        if (requestOctets is not null)
            await requestOctets.CompleteAsync().ConfigureAwait(false);
        CompleteRequest();
        if (Method.IsOneWay)
            await opened.Task.ConfigureAwait(false);
    }

    public override ValueTask<bool> ReadAsync() => Method.Response == Body.Octets
        ? throw new InvalidOperationException($"The response of '{Method}' has octets and no messages.")
        : ReadMessageAsync();

    public override void Cancel(Status? status = null) =>
        End(status ?? new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{Method}'."), Metadata.Empty, notRun: !IsTaken);

    public override ValueTask DisposeAsync()
    {
        Cancel();
        body?.Dispose();
        lock (stop)
        {
            // A reader that is at work gives the buffers back when it leaves.
            if (isDisposed || isReading)
            {
                isDisposed = true;
                return default;
            }

            isDisposed = true;
        }

        attempt?.Release();
        return default;
    }

    private ValueTask EndOctetsAsync(Exception? failure)
    {
        if (failure is not null)
            Cancel(new Status(StatusCode.Cancelled, $"The source of the request's octets failed: {failure.Message}"));
        else
            CompleteRequest();
        return default;
    }

    private void CompleteRequest()
    {
        if (requestEnded)
            return;
        if (body is null)
        {
            Send(default, client.Encoding);
            return;
        }

        requestEnded = true;
        body.Complete();
    }

    private void Send(in ReadOnlySequence<byte> message, MessageEncoding? encoding)
    {
        requestEnded = true;
        single = new MessageContent(message, encoding, Method.IsOneWay ? OneWaySent : null);
        _ = OpenAsync(single);
    }

    private void OneWaySent() => End(Hawser.Status.Ok, Metadata.Empty, notRun: false);

    private void DeadlinePassed() => Cancel(new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{Method}' has passed."));

    /// <summary>Ends the call for its caller, once.</summary>
    private void End(Status final, Metadata trailers, bool notRun)
    {
        lock (stop)
        {
            if (status is not null)
                return;
            TrailersOfEnd = trailers;
            IsNotRun = notRun && !final.IsOk;
            Volatile.Write(ref status, final);
        }

        client.CallEnded(Method, final, startedForTelemetry);
        Tracing.End(activity, Tracing.GrpcSystem, final);
        StopWatching();
        opened.TrySetResult();
        if (Method.IsOneWay && final.IsOk)
            return;
        body?.Close();
        stop.Cancel();
        lock (stop)
        {
            // What has not arrived is told to the server to be of no interest; a reader that is at work has just been told by the token.
            if (!isReading)
                attempt?.Dispose();
        }
    }

    private void StopWatching()
    {
        registration.Unregister();
        timer?.Dispose();
    }
}
