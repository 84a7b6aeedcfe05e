using Hawser.Frames;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>What ends a call over its handler's head: its deadline, or a caller that has gone.</summary>
internal sealed partial class GrpcServerCall
{
    private Status? interruption;
    private TaskCompletionSource? interrupted;
    private TimeSpan? timeout;
    private ITimer? timer;
    private DateTimeOffset? deadline;
    private CancellationTokenSource? cancellation;
    private CancellationTokenRegistration abortion;

    public override DateTimeOffset? Deadline => deadline;

    public override CancellationToken CancellationToken
    {
        get
        {
            CancellationTokenSource source;
            lock (gate)
            {
                if (cancellation is not null)
                    return cancellation.Token;
                CanBeReused = false;
                source = cancellation = new CancellationTokenSource();
                if (interruption is not null)
                {
                    source.Cancel();
                    return source.Token;
                }
            }

            var registration = Aborted.UnsafeRegister(static state => ((GrpcServerCall)state!).OnAborted(), this);
            lock (gate)
            {
                abortion = registration;
            }

            return source.Token;
        }
    }

    private bool HasDeadline => timer is not null;

    private CancellationToken Aborted => features.Get<IHttpRequestLifetimeFeature>()?.RequestAborted ?? CancellationToken.None;

    private void StartDeadline(TimeSpan time)
    {
        CanBeReused = false;
        time = FrameLimits.TimerDue(time);
        interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        deadline = settings.TimeProvider.GetUtcNow() + time;
        timer = settings.TimeProvider.CreateTimer(static state => ((GrpcServerCall)state!).OnDeadline(), this, time, Timeout.InfiniteTimeSpan);
    }

    private void StopDeadline() => timer?.Dispose();

    private void OnDeadline() =>
        Interrupt(new Status(StatusCode.DeadlineExceeded, $"The deadline of the call of '{route?.Method.FullName ?? Path}' has passed."));

    private void OnStopped() => Interrupt(new Status(
        StatusCode.Unavailable,
        connection!.Refusal is { } reason ? $"The server closed the connection: {reason.Text.TrimEnd('.')}. The call may have run in part." : "The server has stopped. The call may have run in part."));

    /// <summary>Ends the call over the handler's head.</summary>
    private void Interrupt(Status status)
    {
        lock (gate)
        {
            if (isEnded || interruption is not null)
                return;
            interruption = status;
        }

        Finish(status, Metadata.Empty);
        interrupted?.TrySetResult();
        CancelHandler();
    }

    private void OnAborted()
    {
        lock (gate)
        {
            if (isEnded || interruption is not null)
                return;
            interruption = Abortion();
        }

        CancelHandler();
    }

    /// <summary>What a handler learns when its caller has gone.</summary>
    private Status Abortion() => connection!.Closed.IsCancellationRequested
        ? new Status(StatusCode.Unavailable, $"The connection of the caller of '{Method}' was lost.")
        : new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{Method}'.");

    private void CancelHandler()
    {
        CancellationTokenSource? source;
        lock (gate)
        {
            source = cancellation;
        }

        try
        {
            source?.Cancel();
        }
        catch (AggregateException exception)
        {
            GrpcLog.CancellationCallbackFailed(settings.Logger, Method.FullName, exception);
        }
    }

    private RpcException Interruption() =>
        new(interruption ?? new Status(StatusCode.FailedPrecondition, $"The call of '{Method}' has been finished; nothing more can be written."));
}
