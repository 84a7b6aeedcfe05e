using System.Buffers;
using System.Diagnostics;

namespace Hawser.Grpc.Client;

/// <summary>The short way of a unary or one-way call that is tried once: one request, one reply, and no call object between.</summary>
internal sealed class UnaryExchange
{
    private readonly GrpcClient client;
    private readonly GrpcMethod method;
    private readonly MessageContent content;
    private readonly Activity? activity;
    private readonly long startedAt;
    private readonly CancellationToken callerToken;
    private readonly CancellationTokenSource? deadline;
    private UnaryReply? reply;
    private ResponseMessages? messages;
    private Metadata headers = Metadata.Empty;
    private Metadata trailers = Metadata.Empty;
    private bool hasMessage;
    private bool notRun;

    internal UnaryExchange(GrpcClient client, GrpcMethod method, in CallOptions options, in ReadOnlySequence<byte> request, UnaryReply reply, Activity? activity)
    {
        this.client = client;
        this.method = method;
        this.reply = reply;
        this.activity = activity;
        startedAt = client.Telemetry.CallStarting();
        callerToken = options.CancellationToken;
        content = new MessageContent(request, client.Encoding, method.Method.IsOneWay ? CompleteOneWay : null);
        if (options.Timeout is { } timeout)
            deadline = client.StartDeadline(timeout);
    }

    /// <summary>Sends the request. The reply is completed later, on a thread of the pool.</summary>
    internal void Start(in CallOptions options)
    {
        var request = GrpcRequest.Create(method, content, options.Metadata, options.Timeout, client.Encoding);
        client.CallStarted();
        if (deadline is null)
        {
            _ = RunAsync(request, callerToken);
            return;
        }

        _ = RunWithDeadlineAsync(request);
    }

    private async Task RunWithDeadlineAsync(HttpRequestMessage request)
    {
        using var source = deadline!;
        var registration = callerToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
        await using var unregister = registration.ConfigureAwait(false);
        await RunAsync(request, source.Token).ConfigureAwait(false);
    }

    private async Task RunAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var hasWaited = false;
        var isSecond = false;
        Status status;
        while (true)
        {
            try
            {
                if (!client.Connector.IsReady)
                {
                    await client.ReadyAsync(cancellationToken).ConfigureAwait(false);
                    hasWaited = true;
                }

                var sending = client.Http.SendAsync(request, cancellationToken);
                hasWaited |= !sending.IsCompleted;
                using var response = await sending.ConfigureAwait(false);
                status = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
                content.Recycle();
                break;
            }
            catch (Exception exception)
            {
                status = Describe(exception);

                // What certainly did not begin, because the server ended the connection in that moment, may begin on another; once.
                if (isSecond || !notRun || cancellationToken.IsCancellationRequested || GrpcClient.IsOutOfReach(exception))
                    break;
                isSecond = true;
                notRun = false;
            }
        }

        // Who starts a call is never called back from within.
        if (!hasWaited)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        End(status);
    }

    private async ValueTask<Status> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var head = ResponseHead.Read(response, method, client.Peer, client.Limits.MaxMetadataSize);
        if (head.Final is { } final)
        {
            trailers = head.Trailers;
            return final;
        }

        headers = head.Headers;
        messages = new ResponseMessages(response.Content.ReadAsStream(cancellationToken), client.Limits.MaxMessageSize, head.Encoding);
        hasMessage = await messages.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (hasMessage && !await messages.ReadEndAsync(cancellationToken).ConfigureAwait(false))
            return new Status(StatusCode.Internal, $"{client.Peer} sent a second reply to the call of '{method.Method}', where one is expected; call it by StreamAsync if it streams.");
        if (messages.Wrong is { } wrong)
            return wrong;
        var ended = ResponseTrailers.Read(response, method, client.Peer, client.Limits.MaxMetadataSize);
        trailers = ended.Metadata;
        return ended.Status;
    }

    private Status Describe(Exception exception)
    {
        Status status;
        if (callerToken.IsCancellationRequested)
            (status, notRun) = (new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method.Method}'."), !content.IsTaken);
        else if (deadline is { IsCancellationRequested: true })
            (status, notRun) = (new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{method.Method}' has passed."), !content.IsTaken);
        else
            (status, notRun) = client.Describe(exception, method.Method, content.IsTaken);
        return status;
    }

    private void CompleteOneWay() => ThreadPool.UnsafeQueueUserWorkItem(
        static exchange => Interlocked.Exchange(ref exchange.reply, null)?.Complete(default, hasMessage: false, Metadata.Empty, Metadata.Empty),
        this,
        preferLocal: true);

    private void End(Status status)
    {
        client.CallEnded(method.Method, status, startedAt);
        Tracing.End(activity, Tracing.GrpcSystem, status);

        // A one-way call has been answered when it was sent, whatever the server says of it.
        if (Interlocked.Exchange(ref reply, null) is { } taker)
        {
            if ((status.IsOk && method.Method.Response == Body.Empty) || (method.Method.IsOneWay && content.IsTaken))
                taker.Complete(default, hasMessage: false, headers, trailers);
            else if (status.IsOk)
                taker.Complete(hasMessage ? messages!.Message : default, hasMessage, headers, trailers);
            else
                taker.Fail(status, notRun, headers, trailers);
        }

        messages?.Dispose();
    }
}
