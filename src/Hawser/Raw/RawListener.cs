using System.Collections.Concurrent;
using Hawser.Transports;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>One address whose connections a handler serves as raw bytes. Each ends when its handler does.</summary>
internal sealed class RawListener : WireListener
{
    private readonly TransportListener listener;
    private readonly Func<RawConnection, CancellationToken, Task> handler;
    private readonly RawListenOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource accepting = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<TransportConnection, Task> served = new();
    private readonly Task accepted;
    private int count;

    public RawListener(TransportListener listener, Func<RawConnection, CancellationToken, Task> handler, RawListenOptions options, ILogger logger, TimeProvider time)
    {
        this.listener = listener;
        this.handler = handler;
        this.options = options;
        this.logger = logger;
        this.time = time;
        accepted = new AcceptLoop(listener, rate: null, logger, time).RunAsync(Take, accepting.Token);
    }

    internal override Uri Address => listener.Address;

    /// <summary>Raw connections make no calls.</summary>
    internal override IEnumerable<Connection> Connections => [];

    internal override async Task StopAsync(TimeSpan drain, CancellationToken cancellationToken)
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(served.Values).WaitAsync(drain, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            RawLog.DrainTimedOut(logger, served.Count, Address, drain);
        }

        await AbortAsync().ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync().ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await AbortAsync().ConfigureAwait(false);
    }

    private async Task StopAcceptingAsync()
    {
        await accepting.CancelAsync().ConfigureAwait(false);
        await listener.DisposeAsync().ConfigureAwait(false);
        await accepted.ConfigureAwait(false);
    }

    /// <summary>Closes what is left. A handler that does not notice goes on alone, as one does whose call was reset.</summary>
    private Task AbortAsync() => Task.WhenAll(served.Keys.Select(static link => link.DisposeAsync().AsTask()));

    private void Take(TransportConnection link)
    {
        if (Interlocked.Increment(ref count) > options.MaxConnections)
            _ = RefuseAsync(link);
        else
            Serve(link);
    }

    /// <summary>Closes a link that is one too many. Accepting does not wait for it: a deaf peer can draw the closing out.</summary>
    private async Task RefuseAsync(TransportConnection link)
    {
        RawLog.Refused(logger, link.RemoteAddress, options.MaxConnections);
        Interlocked.Decrement(ref count);
        try
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // Whatever a transport throws, nobody waits for it.
            RawLog.RefusalFailed(logger, link.RemoteAddress, exception);
        }
    }

    private void Serve(TransportConnection link)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        served[link] = ServeAsync(link, started.Task);
        started.SetResult();
    }

    private async Task ServeAsync(TransportConnection link, Task isListed)
    {
        await isListed.ConfigureAwait(false);
        try
        {
            if (await TryHandshakeAsync(link).ConfigureAwait(false))
                await HandleAsync(new RawConnection(link, time)).ConfigureAwait(false);
        }
        finally
        {
            await link.DisposeAsync().ConfigureAwait(false);
            served.TryRemove(link, out _);
            Interlocked.Decrement(ref count);
        }
    }

    private async Task<bool> TryHandshakeAsync(TransportConnection link)
    {
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping.Token);
        try
        {
            await link.HandshakeAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception)
        {
            ServerLog.HandshakeFailed(logger, link.RemoteAddress, exception);
            return false;
        }
    }

    private async Task HandleAsync(RawConnection connection)
    {
        await using var closing = connection.ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(connection.Closed, stopping.Token);
        try
        {
            await handler(connection, either.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A peer must not take a failure for the end of what it was sent.
            connection.Abort((long)StatusCode.Internal);
            if (!either.IsCancellationRequested || connection.OutputHasFailed)
                RawLog.HandlerFailed(logger, connection.RemoteAddress, exception);
        }
    }
}
