using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>One unary call that is made several times side by side: see <see cref="HedgingPolicy"/>.</summary>
internal sealed class HedgedCall
{
    private readonly RetryingClient client;
    private readonly WireClient inner;
    private readonly Method method;
    private readonly CallOptions options;
    private readonly MethodPlan plan;
    private readonly HedgingPolicy policy;
    private readonly byte[] request;
    private readonly bool hasRequest;
    private readonly UnaryReply reply;
    private readonly long startedAt;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource over;
    private readonly CancellationToken overToken;
    private ITimer? timer;
    private int started;
    private int running;
    private int most;
    private bool mayHaveRun;
    private bool isOver;

    internal HedgedCall(
        RetryingClient client, WireClient inner, Method method, in CallOptions options, MethodPlan plan, HedgingPolicy policy,
        in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        this.client = client;
        this.inner = inner;
        this.method = method;
        this.options = options;
        this.plan = plan;
        this.policy = policy;
        this.request = request.ToArray();
        this.hasRequest = hasRequest;
        this.reply = reply;
        most = policy.MaxAttempts;
        startedAt = client.TimeProvider.GetTimestamp();
        over = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        overToken = over.Token;
    }

    /// <summary>Makes the first attempt.</summary>
    internal void Start()
    {
        lock (gate)
            timer = client.TimeProvider.CreateTimer(static call => ((HedgedCall)call!).DelayPassed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        StartNext();
    }

    private void DelayPassed()
    {
        if (plan.Throttle.IsOpen)
            StartNext();
    }

    private void StartNext()
    {
        lock (gate)
        {
            if (isOver || started >= most)
                return;
            started++;
            running++;
            if (options.Result is { } result)
                result.Attempts = started;
            if (started < most)
                timer!.Change(policy.Delay, Timeout.InfiniteTimeSpan);
            if (started > 1 && client.Logger.IsEnabled(LogLevel.Debug))
                RetryLog.Hedged(client.Logger, method.FullName, started - 1);
        }

        var left = options.Timeout - client.TimeProvider.GetElapsedTime(startedAt);
        inner.StartUnary(
            method,
            options with { Timeout = left, CancellationToken = overToken, Result = reply.WantsMetadata ? new CallResult() : null },
            new ReadOnlySequence<byte>(request),
            hasRequest,
            new Attempt(this));
    }

    private void Succeeded(in ReadOnlySequence<byte> message, bool hasMessage, Metadata headers, Metadata trailers)
    {
        lock (gate)
        {
            running--;
            if (isOver)
                return;
            isOver = true;
        }

        StopOthers();
        plan.Throttle.Succeeded();
        reply.Complete(message, hasMessage, headers, trailers);
    }

    private void Failed(Status status, bool notRun, Metadata headers, Metadata trailers)
    {
        var isFatal = !policy.NonFatalStatusCodes.Contains(status.Code) || overToken.IsCancellationRequested || client.IsDisposed;
        if (!isFatal)
            plan.Throttle.Failed();
        var next = Next.None;
        var wait = TimeSpan.Zero;
        lock (gate)
        {
            running--;
            mayHaveRun |= !notRun;
            if (isOver)
                return;
            if (!isFatal)
                next = AfterFailure(trailers[RetrySchedule.PushbackKey], out wait);
            isOver = next == Next.None && (isFatal || running == 0);
            if (!isOver && next == Next.None)
                return;
            if (next == Next.Later)
            {
                timer!.Change(running > 0 ? wait : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                if (running > 0)
                    return;
            }

            notRun = !mayHaveRun && running == 0;
        }

        if (next == Next.AtOnce)
            StartNext();
        else if (next == Next.Later)
            _ = StartLaterAsync(wait, status, notRun, headers, trailers);
        else
            End(status, notRun, headers, trailers);
    }

    /// <summary>Waits as the server has asked, with nothing else under way: only the caller's deadline and patience, and the channel, can end the call meanwhile.</summary>
    private async Task StartLaterAsync(TimeSpan wait, Status status, bool notRun, Metadata headers, Metadata trailers)
    {
        var isWorthWaiting = options.Timeout is not { } timeout || wait < timeout - client.TimeProvider.GetElapsedTime(startedAt);
        if (isWorthWaiting)
        {
            try
            {
                await client.WaitAsync(wait, overToken).ConfigureAwait(false);
                isWorthWaiting = plan.Throttle.IsOpen;
            }
            catch (OperationCanceledException)
            {
                isWorthWaiting = false;
                status = client.Stopped(method);
            }
        }

        if (isWorthWaiting)
        {
            StartNext();
            return;
        }

        lock (gate)
        {
            // The delay may have passed in the moment in which the attempt failed: the one that it began has the last word then.
            if (isOver || running > 0)
                return;
            isOver = true;
            notRun = !mayHaveRun;
        }

        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        End(status, notRun, headers, trailers);
    }

    private void End(Status status, bool notRun, Metadata headers, Metadata trailers)
    {
        StopOthers();
        reply.Fail(status, notRun, headers, trailers);
    }

    /// <summary>When the next attempt is made after one that failed. Under the gate.</summary>
    private Next AfterFailure(string? pushback, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (started >= most || !plan.Throttle.IsOpen)
            return Next.None;
        if (pushback is null)
            return Next.AtOnce;
        if (int.TryParse(pushback, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            wait = TimeSpan.FromMilliseconds(milliseconds);
            return Next.Later;
        }

        most = started;
        return Next.None;
    }

    private void StopOthers()
    {
        timer!.Dispose();
        over.Cancel();
        over.Dispose();
    }

    private enum Next
    {
        None,
        AtOnce,
        Later,
    }

    /// <summary>One of the attempts, as the wire sees it.</summary>
    private sealed class Attempt(HedgedCall call) : UnaryReply
    {
        internal override bool WantsMetadata => call.reply.WantsMetadata;

        internal override void Complete(in ReadOnlySequence<byte> message, bool hasMessage, Metadata headers, Metadata trailers) =>
            call.Succeeded(message, hasMessage, headers, trailers);

        internal override void Fail(Status status, bool notRun, Metadata headers, Metadata trailers) => call.Failed(status, notRun, headers, trailers);
    }
}
