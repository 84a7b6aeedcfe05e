using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Server;

/// <summary>Whether the client is accepted, how the connection is closed, and when the last of its handlers is done.</summary>
internal sealed partial class GrpcServerConnection
{
    /// <summary>How long ended calls have to tell their callers so, before the connection is cut.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource? stop;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Status? refusal;

    public override Status? CloseStatus => ended.Task.IsCompleted ? Refusal ?? new Status(StatusCode.Unavailable, "the client closed the connection, or it was lost") : null;

    internal override Status? CannotBeCalled => new(StatusCode.Unimplemented, "over gRPC a server cannot call its clients");

    /// <summary>What every call is refused with; null when they are served.</summary>
    internal Status? Refusal => Volatile.Read(ref refusal);

    /// <summary>Whether the connection has been accepted.</summary>
    internal bool IsActive { get; set; }

    /// <summary>Ends when the connection has ended and every handler of its calls has, too.</summary>
    internal Task Quiet => quiet.Task;

    /// <summary>Fires when the calls in flight are to end.</summary>
    internal CancellationToken Stopped => stop?.Token ?? settings.Stopped;

    private protected override TimeProvider Clock => settings.TimeProvider;

    private protected override ILogger Logger => settings.Logger;

    /// <inheritdoc/>
    /// <remarks>Over gRPC the reason is the status that calls end with, and clients take it in a second; a client without a call only learns that the server is going away.</remarks>
    public override async Task CloseAsync(Status reason, TimeSpan drain = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentOutOfRangeException.ThrowIfLessThan(drain, TimeSpan.Zero);
        Refuse(new Status(reason.IsOk ? StatusCode.Unavailable : reason.Code, reason.Text));
        OnRefusalTold();
        await WaitForEndAsync(drain).ConfigureAwait(false);
        if (ended.Task.IsCompleted || stop is null)
            return;
        await stop.CancelAsync().ConfigureAwait(false);
        await WaitForEndAsync(LastWords).ConfigureAwait(false);
        context?.Abort(new ConnectionAbortedException(reason.Text));
    }

    internal override PushOutcome TryPush(Method method, ReadOnlyMemory<byte> message, out Status? refusal)
    {
        refusal = NoCallback(method);
        return PushOutcome.Refused;
    }

    internal override void FlushPushes()
    {
    }

    internal override Task WaitForRoomAsync(int size) => Task.CompletedTask;

    /// <summary>Has every call refused from now on. The first reason counts.</summary>
    internal void Refuse(Status reason) => Interlocked.CompareExchange(ref refusal, reason, null);

    /// <summary>The client knows, or is about to: it is told to go away, and the connection ends with its last call.</summary>
    internal void OnRefusalTold() => features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();

    /// <summary>The connection has ended, and so have its calls; handlers that ran on beyond theirs may still do so.</summary>
    internal void OnEnded()
    {
        ended.TrySetResult();
        SignalWhenQuiet();
        stop?.Dispose();
    }

    internal override Status NotOpen() => ended.Task.IsCompleted
        ? new Status(StatusCode.Unavailable, $"The connection to {RemoteAddress} has ended: {CloseStatus!.Text.TrimEnd('.')}.")
        : new Status(StatusCode.Unavailable, $"The connection to {RemoteAddress} is not open.");

    private void SignalWhenQuiet()
    {
        if (ended.Task.IsCompleted && AbandonedHandlers == 0)
            quiet.TrySetResult();
    }

    private Task WaitForEndAsync(TimeSpan most) =>
        ended.Task.WaitAsync(Frames.FrameLimits.TimerDue(most), settings.TimeProvider).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
