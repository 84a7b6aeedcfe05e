using System.Buffers;
using System.IO.Pipelines;

namespace Hawser;

/// <summary>A call that is not unary, over as many attempts as it takes until one is answered.</summary>
/// <remarks>
/// It is <em>committed</em> to an attempt once headers or a message have come back, once more has been written than is kept, or once there is no other attempt. From
/// then on it only hands on. Before, what is written is kept, and a failure is first looked at here: <see cref="CallAttempts"/> decides.
/// </remarks>
internal sealed class RetriedCall : ClientCall
{
    private readonly RetryingClient client;
    private readonly CallAttempts attempts;
    private readonly MethodPlan plan;
    private readonly CancellationToken callerToken;
    private readonly SemaphoreSlim writing = new(1);
    private readonly SemaphoreSlim recovering = new(1);
    private readonly Lock gate = new();
    private ReplayLog? log;
    private ClientCall current;
    private List<ClientCall>? earlier;
    private volatile bool isCommitted;
    private volatile bool writesStraight;
    private CancellationTokenSource? stop;
    private CancellationTokenRegistration callerRegistration;
    private Failure? failure;
    private Status? cancelled;
    private RetriedOctetsWriter? requestOctets;
    private RetriedOctetsReader? responseOctets;

    internal RetriedCall(RetryingClient client, CallAttempts attempts, MethodPlan plan, ClientCall first, CancellationToken callerToken)
    {
        this.client = client;
        this.attempts = attempts;
        this.plan = plan;
        this.callerToken = callerToken;
        current = first;
    }

    public override Method Method => current.Method;

    public override ReadOnlySequence<byte> Message => current.Message;

    public override bool IsMessageCompressed => current.IsMessageCompressed;

    public override Status? Status => isCommitted ? failure?.Status ?? current.Status : null;

    public override Metadata Trailers => failure is null ? current.Trailers : failure.Trailers;

    public override bool NotRun => !attempts.MayHaveRun && (failure?.NotRun ?? current.NotRun);

    public override PipeWriter RequestOctets => Method.Request >= Body.Octets ? requestOctets ??= new RetriedOctetsWriter(this) : current.RequestOctets;

    public override PipeReader ResponseOctets => Method.Response >= Body.Octets ? responseOctets ??= new RetriedOctetsReader(this) : current.ResponseOctets;

    /// <summary>Whether what is written goes into the current attempt without being kept.</summary>
    internal bool WritesStraight => writesStraight;

    /// <summary>The attempt that runs.</summary>
    internal ClientCall Current => Volatile.Read(ref current);

    /// <summary>Why there is no attempt any more though none has ended so, if that is the case.</summary>
    internal RpcException? FailureToThrow => failure is { } end ? new RpcException(end.Status, end.Trailers) { NotRun = NotRun } : null;

    public override ValueTask<Metadata> ReadHeadersAsync() => isCommitted && failure is null ? current.ReadHeadersAsync() : ReadHeadersFirstAsync();

    public override ValueTask<bool> ReadAsync()
    {
        if (!isCommitted)
            return ReadFirstAsync();
        return failure is null ? current.ReadAsync() : new ValueTask<bool>(result: false);
    }

    public override ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None) =>
        writesStraight ? current.WriteAsync(message, flags) : WriteKeptAsync(message, flags);

    public override ValueTask CompleteAsync() => writesStraight ? current.CompleteAsync() : CompleteKeptAsync();

    public override ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default)
    {
        if (requestOctets is not null)
            return requestOctets.AcknowledgeAsync(cancellationToken);
        return writesStraight ? current.AcknowledgeAsync(cancellationToken) : AcknowledgeKeptAsync(cancellationToken);
    }

    public override void Cancel(Status? status = null)
    {
        ClientCall attempt;
        CancellationTokenSource? recovery;
        lock (gate)
        {
            cancelled ??= status ?? new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{Method}'.");
            recovery = stop;
            attempt = current;
        }

        recovery?.Cancel();
        attempt.Cancel(status);
    }

    public override async ValueTask DisposeAsync()
    {
        Cancel();
        await recovering.WaitAsync().ConfigureAwait(false);

        // A replay that is still at work ends with the attempt, which has just been cancelled.
        await writing.WaitAsync().ConfigureAwait(false);
        Forget();
        await callerRegistration.DisposeAsync().ConfigureAwait(false);
        await current.DisposeAsync().ConfigureAwait(false);
        foreach (var attempt in earlier ?? [])
            await attempt.DisposeAsync().ConfigureAwait(false);
        earlier = null;
        writing.Release();
        recovering.Release();
    }

    /// <summary>Commits the call to an attempt that has been answered.</summary>
    /// <returns>False when another attempt has taken its place already.</returns>
    internal bool TryCommit(ClientCall answered)
    {
        lock (gate)
        {
            if (!ReferenceEquals(current, answered))
                return false;
            isCommitted = true;
        }

        plan.Throttle.Succeeded();
        return true;
    }

    /// <summary>Sends octets, and keeps them for another attempt while there may be one.</summary>
    internal async ValueTask<FlushResult> WriteOctetsAsync(ReadOnlyMemory<byte> octets)
    {
        FlushResult flush;
        ClientCall attempt;
        await writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (MayKeep() && !Log.TryAddOctets(new ReadOnlySequence<byte>(octets)))
                Forget();
            attempt = current;
            flush = await attempt.RequestOctets.WriteAsync(octets, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }

        return flush.IsCompleted && await RecoverAsync(attempt).ConfigureAwait(false) ? default : flush;
    }

    /// <summary>Ends the octets.</summary>
    internal async ValueTask CompleteOctetsAsync(Exception? exception)
    {
        await writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (exception is not null)
                Forget();
            else if (MayKeep())
                Log.Complete();
            await current.RequestOctets.CompleteAsync(exception).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Starts another attempt after one that has ended, if there may be one.</summary>
    /// <returns>Whether the call goes on; otherwise it is committed to how it ended.</returns>
    internal async ValueTask<bool> RecoverAsync(ClientCall ended)
    {
        await recovering.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!ReferenceEquals(current, ended))
                return true;
            if (!isCommitted && ended.Status is { IsOk: false } status && TryBeginRecovery(out var stopToken)
                && attempts.Failed(status, ended.NotRun, ended.Trailers) is { } wait
                && await NextAsync(wait, stopToken).ConfigureAwait(false) is { } next
                && await TryTakeAsync(next).ConfigureAwait(false))
            {
                return true;
            }

            lock (gate)
                isCommitted = true;
            return false;
        }
        finally
        {
            recovering.Release();
        }
    }

    private ReplayLog Log => log ??= new ReplayLog(plan.Policy.Retry?.MaxBufferedSize ?? KeptRequest.MaxSize);

    /// <summary>Whether another attempt may follow, for which what is written is kept. By the writer.</summary>
    private bool MayKeep()
    {
        if (!isCommitted)
            return true;
        Forget();
        return false;
    }

    /// <summary>No other attempt, because it could not be sent what has been. By the writer.</summary>
    private void Forget()
    {
        lock (gate)
            isCommitted = true;
        writesStraight = true;
        log?.Release();
        log = null;
    }

    private async ValueTask<bool> WriteKeptAsync(ReadOnlySequence<byte> message, WriteFlags flags)
    {
        ClientCall attempt;
        await writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (MayKeep() && !Log.TryAddMessage(message, flags))
                Forget();
            attempt = current;
            if (await attempt.WriteAsync(message, flags).ConfigureAwait(false))
                return true;
        }
        finally
        {
            writing.Release();
        }

        return await RecoverAsync(attempt).ConfigureAwait(false);
    }

    /// <summary>Asks the current attempt, and after it the next: what was written to the one is written to the other.</summary>
    internal async ValueTask<Acknowledgement> AcknowledgeKeptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ClientCall attempt;
            ValueTask<Acknowledgement> asked;
            await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                attempt = current;
                asked = attempt.AcknowledgeAsync(cancellationToken);
            }
            finally
            {
                writing.Release();
            }

            try
            {
                var acknowledgement = await asked.ConfigureAwait(false);

                // What has been consumed has reached a handler.
                if (TryCommit(attempt))
                    return acknowledgement;
            }
            catch (RpcException)
            {
                if (attempt.Status is null || !await RecoverAsync(attempt).ConfigureAwait(false))
                    throw;
            }
        }
    }

    private async ValueTask CompleteKeptAsync()
    {
        if (requestOctets is not null)
        {
            await requestOctets.CompleteAsync().ConfigureAwait(false);
            return;
        }

        await writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (MayKeep())
                Log.Complete();
            await current.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    private async ValueTask<bool> ReadFirstAsync()
    {
        while (!isCommitted)
        {
            var attempt = Current;
            var found = await attempt.ReadAsync().ConfigureAwait(false);
            if (found ? TryCommit(attempt) : !await RecoverAsync(attempt).ConfigureAwait(false))
                return found;
        }

        return await ReadAsync().ConfigureAwait(false);
    }

    private async ValueTask<Metadata> ReadHeadersFirstAsync()
    {
        while (failure is null)
        {
            var attempt = Current;
            try
            {
                var headers = await attempt.ReadHeadersAsync().ConfigureAwait(false);
                if (TryCommit(attempt))
                    return headers;
            }
            catch (RpcException exception)
            {
                if (await RecoverAsync(attempt).ConfigureAwait(false))
                    continue;
                if (failure is null && exception.NotRun == NotRun)
                    throw;
                throw FailureToThrow ?? new RpcException(exception.Status, exception.Trailers, exception) { NotRun = NotRun };
            }
        }

        throw FailureToThrow!;
    }

    private bool TryBeginRecovery(out CancellationToken stopToken)
    {
        lock (gate)
        {
            stopToken = default;
            if (cancelled is not null)
                return false;
            if (stop is null)
            {
                stop = new CancellationTokenSource();
                callerRegistration = callerToken.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), stop);
            }

            stopToken = stop.Token;
            return true;
        }
    }

    /// <summary>Starts the next attempt.</summary>
    /// <returns>Null when there is none; why is in <see cref="failure"/>.</returns>
    private async ValueTask<ClientCall?> NextAsync(TimeSpan wait, CancellationToken stopToken)
    {
        try
        {
            await client.WaitAsync(wait, stopToken).ConfigureAwait(false);
            return await client.StartAttemptAsync(Method, attempts, stopToken).ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            failure = new Failure(exception.Status, exception.Trailers, exception.NotRun);
        }
        catch (OperationCanceledException)
        {
            failure = new Failure(cancelled ?? client.Stopped(Method), Metadata.Empty, NotRun: true);
        }

        return null;
    }

    /// <summary>Makes an attempt the current one, and writes what has been written to it as well, while its answer is awaited.</summary>
    /// <returns>False when what has been written is not known any more.</returns>
    private async ValueTask<bool> TryTakeAsync(ClientCall next)
    {
        // Whoever writes finds the new attempt only when it has been sent all that came before.
        await writing.WaitAsync().ConfigureAwait(false);
        bool isTaken;
        Status? end;
        lock (gate)
        {
            isTaken = !isCommitted;
            if (isTaken)
            {
                // Its reader may still be on the way out of it, so it is not disposed yet.
                (earlier ??= []).Add(current);
                current = next;
            }

            end = cancelled;
        }

        if (!isTaken)
        {
            writing.Release();
            await next.DisposeAsync().ConfigureAwait(false);
            return false;
        }

        if (end is not null)
            next.Cancel(end);
        _ = ReplayAsync(next);
        return true;
    }

    private async Task ReplayAsync(ClientCall next)
    {
        try
        {
            if (log is { } kept)
                await kept.WriteToAsync(next).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Nobody awaits this: who reads learns of it as of the call's end.
            next.Cancel(new Status(StatusCode.Internal, $"The request of '{Method}' could not be sent again: {exception.Message}"));
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>How the call ended where no attempt could be started.</summary>
    private sealed record Failure(Status Status, Metadata Trailers, bool NotRun);
}
