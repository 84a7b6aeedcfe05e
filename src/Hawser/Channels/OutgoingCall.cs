namespace Hawser;

/// <summary>A started call together with the sending of its request, which goes on while replies are read.</summary>
/// <remarks>
/// The reader of the replies and the sender of the request both hold the call; the last to leave disposes it. So a source that does not stop when
/// told to never keeps the caller from its answer, and never writes into buffers that serve another call.
/// </remarks>
internal sealed class OutgoingCall : IAsyncDisposable
{
    private readonly CallOptions options;
    private readonly CancellationTokenSource? stopSending;
    private Exception? sourceFailure;
    private int holders = 1;
    private int isDisposed;
    private bool isReported;

    private OutgoingCall(ClientCall call, in CallOptions options, bool isLong)
    {
        Call = call;
        this.options = options;
        stopSending = isLong ? new CancellationTokenSource() : null;
    }

    internal ClientCall Call { get; }

    internal static async ValueTask<OutgoingCall> StartAsync<TRequest>(
        CallInvoker invoker, Method method, OutgoingRequest<TRequest> request, MessageCodec<TRequest> codec, CallOptions options)
    {
        ClientCall started;
        try
        {
            started = await invoker.StartAsync(method, options).ConfigureAwait(false);
        }
        catch
        {
            await request.DisposeSourceAsync().ConfigureAwait(false);
            throw;
        }

        var call = new OutgoingCall(started, options, request.IsLong);
        if (request.IsLong)
        {
            call.holders = 2;
            // Ends by itself: what goes wrong in it is told to whoever reads the replies.
            _ = call.SendAsync(request, codec);
            return call;
        }

        try
        {
            await request.SendAsync(started, codec, options.CancellationToken).ConfigureAwait(false);
            return call;
        }
        catch
        {
            await call.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Throws unless the call ended well. To be called once it has ended; fills the caller's <see cref="CallResult"/>.</summary>
    internal async ValueTask ThrowIfFailedAsync()
    {
        var status = Call.Status ?? new Status(StatusCode.Internal, $"The call of '{Call.Method.FullName}' ended without a status.");
        await ReportAsync(status).ConfigureAwait(false);
        if (!status.IsOk)
            throw Failure(status, Call.Trailers, Call.NotRun);
    }

    /// <summary>The exception for a status, where the sender's own failure says more than the cancellation that it caused.</summary>
    internal Exception Failure(Status status, Metadata trailers, bool notRun) =>
        status.Code == StatusCode.Cancelled && Volatile.Read(ref sourceFailure) is { } failure
            ? failure
            : ClientFailure.Of(Call.Method, status, trailers, notRun, options.CancellationToken);

    internal async ValueTask ReportAsync(Status status)
    {
        if (options.Result is not { } result || isReported)
            return;
        isReported = true;
        result.Set(await ReadHeadersAsync().ConfigureAwait(false), status, Call.Trailers);
    }

    /// <summary>The reader of the replies leaves. A call that has not ended is cancelled.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
            return default;
        if (Volatile.Read(ref holders) > 1)
        {
            Call.Cancel();
            stopSending?.Cancel();
        }

        return LeaveAsync();
    }

    private async Task SendAsync<TRequest>(OutgoingRequest<TRequest> request, MessageCodec<TRequest> codec)
    {
        try
        {
            await using var source = new SourceDisposal<TRequest>(request).ConfigureAwait(false);
            await request.SendAsync(Call, codec, stopSending!.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // A call that has ended keeps its status: the peer's word beats what happened here because of it.
            Volatile.Write(ref sourceFailure, failure);
            Call.Cancel(new Status(StatusCode.Cancelled, $"The source of the request of '{Call.Method.FullName}' failed."));
        }

        await LeaveAsync().ConfigureAwait(false);
    }

    private ValueTask LeaveAsync() => Interlocked.Decrement(ref holders) == 0 ? Call.DisposeAsync() : default;

    private async ValueTask<Metadata> ReadHeadersAsync()
    {
        try
        {
            return await Call.ReadHeadersAsync().ConfigureAwait(false);
        }
        catch (RpcException)
        {
            // The call failed before it had headers; its status is told by itself.
            return Metadata.Empty;
        }
    }

    private readonly struct SourceDisposal<TRequest>(OutgoingRequest<TRequest> request) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => request.DisposeSourceAsync();
    }
}
