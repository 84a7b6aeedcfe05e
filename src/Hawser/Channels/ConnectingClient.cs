using System.Buffers;

namespace Hawser;

/// <summary>A client that connects before it makes a call: the call waits, and learns why when that comes to nothing.</summary>
/// <typeparam name="T">What calls are made on once there is a connection.</typeparam>
/// <param name="peer">The address or addresses, for people.</param>
/// <param name="options">The channel's.</param>
internal abstract class ConnectingClient<T>(string peer, HawserChannelOptions options) : ChannelClient
    where T : class
{
    private readonly CancellationTokenSource disposing = new();
    private volatile bool isDraining;
    private Task? disposal;

    /// <summary>The address or addresses, for people.</summary>
    protected string Peer => peer;

    /// <summary>The channel's options.</summary>
    protected HawserChannelOptions Options => options;

    /// <summary>Guards the client's state.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>Fires when the client is disposed.</summary>
    protected CancellationToken Disposing => disposing.Token;

    /// <summary>Whether there will be no connections any more.</summary>
    protected bool IsLeaving => isDraining || disposing.IsCancellationRequested;

    public sealed override ValueTask DisposeAsync()
    {
        lock (Gate)
            return new ValueTask(disposal ??= DisposeCoreAsync());
    }

    /// <summary>Waits until there is a connection.</summary>
    /// <param name="callOptions">Those of the call that is to be made: its deadline, its token, and whether it waits for a server that cannot be reached.</param>
    /// <exception cref="RpcException">There is none, or the deadline has passed.</exception>
    protected abstract ValueTask<T> ConnectAsync(CallOptions callOptions);

    /// <summary>Starts a unary or a one-way call on what <see cref="ConnectAsync"/> gave: see <see cref="CallInvoker.StartUnary"/>.</summary>
    protected abstract void StartUnaryOn(T connected, Method method, in CallOptions callOptions, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply);

    /// <summary>Closes every connection. <see cref="Disposing"/> has fired.</summary>
    protected abstract Task CloseAsync();

    /// <summary>Takes no new calls from now on.</summary>
    protected void BeginDraining()
    {
        isDraining = true;
        Status.Enter(ChannelState.Draining);
    }

    /// <summary>Connects for a call, whose time to wait begins now.</summary>
    /// <returns>What to make it on, and its options with the time that is left.</returns>
    protected async ValueTask<(T Connected, CallOptions Remaining)> ConnectForAsync(CallOptions callOptions)
    {
        var from = options.TimeProvider.GetTimestamp();
        var connected = await ConnectAsync(callOptions).ConfigureAwait(false);
        return (connected, callOptions.Timeout is { } timeout ? callOptions with { Timeout = timeout - options.TimeProvider.GetElapsedTime(from) } : callOptions);
    }

    /// <summary>Starts a unary or a one-way call once there is a connection; its reply fails when there is none.</summary>
    protected async Task StartUnaryLaterAsync(Method method, CallOptions callOptions, byte[] request, bool hasRequest, UnaryReply reply)
    {
        Status failure;
        try
        {
            var (connected, remaining) = await ConnectForAsync(callOptions).ConfigureAwait(false);
            StartUnaryOn(connected, method, remaining, new ReadOnlySequence<byte>(request), hasRequest, reply);
            return;
        }
        catch (RpcException exception)
        {
            failure = exception.Status;
        }
        catch (OperationCanceledException)
        {
            failure = new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method}'.");
        }
        catch (Exception exception)
        {
            // A transport that throws what it should not: the caller must learn of it all the same.
            failure = new Status(StatusCode.Unavailable, $"{peer} cannot be connected to: {exception.Message}") { IsConnectFailure = true };
        }

        // Whoever started the call is not called back before it has started.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        reply.Fail(failure, notRun: true, Metadata.Empty, Metadata.Empty);
    }

    /// <summary>Why calls are not taken any more.</summary>
    protected RpcException Gone() => new(new Status(
        StatusCode.Unavailable, $"The channel to {peer} {(disposing.IsCancellationRequested ? "has been disposed" : "is draining and takes no new calls")}. The call was not run.") { IsConnectFailure = true }) { NotRun = true };

    /// <summary>Nobody could be reached before the call's deadline.</summary>
    protected RpcException OutOfTime()
    {
        var why = Status.Reason is { } reason ? $" ({reason.Text.TrimEnd('.')})" : "";
        return new RpcException(new Status(StatusCode.DeadlineExceeded, $"The deadline passed while {peer} was being connected to{why}. The call was not run.")) { NotRun = true };
    }

    /// <summary>What a failure to connect means for a call.</summary>
    protected static Status Unreached(StatusCode code, Exception exception) => new(code, $"{exception.Message.TrimEnd('.')}. The call was not run.") { IsConnectFailure = true };

    private async Task DisposeCoreAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await disposing.CancelAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        Status.Enter(ChannelState.Closed);
    }
}
