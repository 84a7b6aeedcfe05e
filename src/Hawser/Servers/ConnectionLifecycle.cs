using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Runs a server's callbacks on the opening and the end of its connections, for every wire: the close callback exactly once for each connection whose opening was accepted.</summary>
internal sealed class ConnectionLifecycle(HawserServerOptions options, ILogger logger)
{
    private readonly Lock gate = new();
    private TaskCompletionSource? idle;
    private int open;

    /// <summary>Whether connections are asked for, before they are served.</summary>
    internal bool HasOpening => options.ConnectionOpening is not null;

    /// <summary>Whether anybody wants to know of connections.</summary>
    internal bool HasCallbacks => HasOpening || options.ConnectionClosed is not null;

    /// <summary>Ends when the close callback of every connection that was accepted has ended; at once when there is no such callback.</summary>
    internal Task Idle
    {
        get
        {
            lock (gate)
            {
                return open == 0 ? Task.CompletedTask : (idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>Asks whether a connection shall be served.</summary>
    /// <param name="connection">The connection, whose calls wait.</param>
    /// <param name="ended">Ends when the connection has, and the last of its handlers.</param>
    /// <param name="cancellationToken">Fires when that takes too long or is of no use any more.</param>
    internal async ValueTask<Status> OpenAsync(Connection connection, Task ended, CancellationToken cancellationToken)
    {
        if (options.ConnectionOpening is not { } opening)
            return Accept();
        var attempt = new OpeningAttempt();
        var deciding = connection.SerialContext.InvokeAsync(() => DecideAsync(opening, attempt, connection, ended, cancellationToken), isBounded: false);
        try
        {
            await deciding.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (attempt.TryEnd())
        {
            return new Status(
                StatusCode.Unavailable,
                $"the server had not accepted the connection within {options.Limits.HandshakeTimeout.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout), or stopped meanwhile");
        }
        catch (OperationCanceledException)
        {
            // It was decided in this very moment.
        }

        return await deciding.ConfigureAwait(false) is { IsOk: false } refusal ? refusal : Accept();
    }

    /// <summary>Runs the close callback of a connection that was accepted, and lets go of what belongs to the connection.</summary>
    internal async Task CloseAsync(Connection connection)
    {
        if (options.ConnectionClosed is null)
            connection.EndContext();
        else
            await connection.SerialContext.InvokeAsync(() => RunClosedAndEndAsync(connection), isBounded: false).ConfigureAwait(false);
        Leave();
    }

    /// <summary>Lets go of what belongs to a connection that was not accepted, once its opening callback has ended.</summary>
    internal void Forget(Connection connection)
    {
        if (!HasOpening)
        {
            connection.EndContext();
            return;
        }

        connection.SerialContext.Enqueue(() =>
        {
            connection.EndContext();
            return default;
        });
    }

    private Status Accept()
    {
        if (options.ConnectionClosed is null)
            return Status.Ok;
        lock (gate)
        {
            open++;
        }

        return Status.Ok;
    }

    private void Leave()
    {
        if (options.ConnectionClosed is null)
            return;
        lock (gate)
        {
            if (--open > 0)
                return;
            idle?.TrySetResult();
            idle = null;
        }
    }

    private async ValueTask<Status> DecideAsync(
        Func<Connection, CancellationToken, ValueTask<Status>> opening, OpeningAttempt attempt, Connection connection, Task ended, CancellationToken cancellationToken)
    {
        Status verdict;
        try
        {
            verdict = await opening(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException exception) when (!exception.Status.IsOk)
        {
            verdict = exception.Status;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            ServerLog.OpeningCallbackFailed(logger, connection.RemoteAddress, exception);
            verdict = new Status(StatusCode.Internal, "the server's opening callback failed; its log says why");
        }

        if (attempt.TryEnd() || !verdict.IsOk)
            return verdict;

        // Accepted too late: the connection has been refused, and what the callback began for it must still be ended.
        Accept();
        await ended.ConfigureAwait(false);
        await RunClosedAsync(connection).ConfigureAwait(false);
        Leave();
        return verdict;
    }

    // In one piece of work: what the callback has posted is dropped and does not begin in between.
    private async ValueTask<Empty> RunClosedAndEndAsync(Connection connection)
    {
        var nothing = await RunClosedAsync(connection).ConfigureAwait(false);
        connection.EndContext();
        return nothing;
    }

    private async ValueTask<Empty> RunClosedAsync(Connection connection)
    {
        try
        {
            if (options.ConnectionClosed is { } closed)
                await closed(connection, connection.CloseStatus ?? Status.Ok).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            ServerLog.ClosedCallbackFailed(logger, connection.RemoteAddress, exception);
        }

        return default;
    }

    /// <summary>Ends once: decided by the callback, or given up.</summary>
    private sealed class OpeningAttempt
    {
        private int isOver;

        internal bool TryEnd() => Interlocked.Exchange(ref isOver, 1) == 0;
    }
}
