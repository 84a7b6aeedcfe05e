using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Makes calls on another client, and makes them again when that is sure to be right, or when the caller's policies say so.</summary>
/// <remarks>
/// What certainly was not run (<see cref="RpcException.NotRun"/>, <see cref="StatusCode.Unavailable"/>) is tried again at once, on whatever connection the other
/// client has then, at most <see cref="CallAttempts.MaxTransparent"/> times; unless no connection could be made, and no other server is ready: that is told at once.
/// </remarks>
internal sealed class RetryingClient : WireClient
{
    private readonly WireClient inner;
    private readonly MethodPlans plans;
    private readonly CancellationTokenSource disposing = new();

    /// <exception cref="ArgumentException">A policy in the options is wrong; the text says how.</exception>
    internal RetryingClient(WireClient inner, HawserChannelOptions options)
    {
        this.inner = inner;
        plans = new MethodPlans(options.Methods);
        TimeProvider = options.TimeProvider;
        Logger = options.LoggerFactory.CreateLogger("Hawser.Channel");
    }

    internal TimeProvider TimeProvider { get; }

    internal ILogger Logger { get; }

    /// <summary>Fires when the channel is disposed: nothing is tried again then.</summary>
    internal CancellationToken Disposing => disposing.Token;

    internal bool IsDisposed => disposing.IsCancellationRequested;

    internal override bool RetriesByPolicy => true;

    /// <summary>Whether the wire has a retry policy of its own, so that attempts would multiply.</summary>
    internal bool WireRetries => inner.RetriesByPolicy;

    internal override bool HasReadyServer => inner.HasReadyServer;

    internal override ValueTask<Connection> OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    internal override ValueTask<ClientCall> StartAsync(Method method, CallOptions options)
    {
        // A notification is handed over once, in one piece, and nobody hears of it again.
        if (method.IsOneWay)
            return inner.StartAsync(method, plans.Of(method).Apply(options));
        return StartRetriedAsync(method, options);
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (!plans.IsEmpty || options.IsIdempotent is not null)
        {
            StartPlanned(method, options, request, hasRequest, reply);
            return;
        }

        reply.Kept.Begin(this, options.Timeout is null ? 0 : TimeProvider.GetTimestamp(), request, hasRequest);
        inner.StartUnary(method, options, request, hasRequest, reply);
    }

    public override async ValueTask DisposeAsync()
    {
        await disposing.CancelAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
    }

    internal MethodPlan PlanOf(Method method) => plans.Of(method);

    /// <summary>Whether a failure is worth a closer look: most are the handler's answer.</summary>
    internal bool MayTryAgain(MethodPlan? plan, in CallOptions options, Status status, bool notRun) =>
        (notRun && status.Code == StatusCode.Unavailable)
        || (!WireRetries && plan is not null && (plan.IsIdempotent(options) || plan.Policy.Retry is not null));

    /// <summary>Makes another attempt of a call, after a wait.</summary>
    internal void StartAgain(Method method, CallAttempts attempts, TimeSpan wait, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (wait == TimeSpan.Zero)
            inner.StartUnary(method, attempts.Options, request, hasRequest, reply);
        else
            _ = StartLaterAsync(method, attempts, wait, request, hasRequest, reply);
    }

    /// <summary>Starts an attempt of a call that is not unary, or goes on until there is none left.</summary>
    /// <exception cref="RpcException">The last attempt's failure.</exception>
    internal async ValueTask<ClientCall> StartAttemptAsync(Method method, CallAttempts attempts, CancellationToken stop)
    {
        while (true)
        {
            TimeSpan? wait;
            try
            {
                return await inner.StartAsync(method, attempts.Options with { CancellationToken = stop }).ConfigureAwait(false);
            }
            catch (RpcException failure)
            {
                wait = attempts.Failed(failure.Status, failure.NotRun, failure.Trailers);
                if (wait is null)
                {
                    if (failure.NotRun == !attempts.MayHaveRun)
                        throw;
                    throw new RpcException(failure.Status, failure.Trailers, failure) { NotRun = !attempts.MayHaveRun };
                }
            }

            try
            {
                await WaitAsync(wait.Value, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new RpcException(Stopped(method)) { NotRun = !attempts.MayHaveRun };
            }
        }
    }

    /// <summary>Waits before the next attempt.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, or the channel was disposed.</exception>
    internal async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        if (wait == TimeSpan.Zero)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Disposing);
        await Task.Delay(wait, TimeProvider, either.Token).ConfigureAwait(false);
    }

    /// <summary>How a call ends whose wait for the next attempt was cut short.</summary>
    internal Status Stopped(Method method) => IsDisposed
        ? new Status(StatusCode.Unavailable, $"The channel was disposed while the call of '{method}' waited to be tried again.")
        : new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method}'.");

    private void StartPlanned(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        var plan = plans.Of(method);
        var applied = plan.Apply(options);
        if (plan.Policy.Hedging is { } hedging && plan.IsIdempotent(options) && !method.IsOneWay && !WireRetries)
        {
            new HedgedCall(this, inner, method, applied, plan, hedging, request, hasRequest, reply).Start();
            return;
        }

        reply.Kept.Begin(this, plan, TimeProvider.GetTimestamp(), request, hasRequest);
        inner.StartUnary(method, applied, request, hasRequest, reply);
    }

    private async Task StartLaterAsync(Method method, CallAttempts attempts, TimeSpan wait, ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        try
        {
            await WaitAsync(wait, attempts.Options.CancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            reply.Fail(Stopped(method), notRun: !attempts.MayHaveRun, Metadata.Empty, Metadata.Empty);
            return;
        }

        inner.StartUnary(method, attempts.Options, request, hasRequest, reply);
    }

    private async ValueTask<ClientCall> StartRetriedAsync(Method method, CallOptions options)
    {
        var plan = plans.Of(method);
        var applied = plan.Apply(options);
        var attempts = new CallAttempts(this, method, applied, applied.Timeout is null ? 0 : TimeProvider.GetTimestamp(), plan);
        var first = await StartAttemptAsync(method, attempts, options.CancellationToken).ConfigureAwait(false);
        return new RetriedCall(this, attempts, plan, first, options.CancellationToken);
    }
}
