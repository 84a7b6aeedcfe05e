using System.Net;
using System.Security.Authentication;
using Hawser.Frames;
using Hawser.Transports;

namespace Hawser.Grpc.Client;

/// <summary>Makes a channel's connections when the HTTP handler wants them: over Hawser's transports, not too many and not too often.</summary>
internal sealed partial class GrpcConnector
{
    private readonly GrpcClient client;
    private readonly Uri address;
    private readonly HawserChannelOptions options;
    private readonly ChannelCallbacks callbacks;
    private readonly Transport transport;
    private readonly IPAddress? host;
    private readonly ChannelStatus status;
    private readonly ReconnectBackoff backoff;
    private readonly ConnectAttempts attempts;
    private readonly SemaphoreSlim room;
    private readonly Lock gate = new();
    private readonly List<GrpcLink> links = [];
    private readonly CancellationTokenSource disposing = new();
    private Action<GrpcLink>? linkMade;
    private volatile bool isReady;

    internal GrpcConnector(GrpcClient client, Uri address, IPAddress? host, int maxConnections, HawserChannelOptions options, ChannelCallbacks callbacks)
    {
        this.client = client;
        this.callbacks = callbacks;
        this.address = address;
        this.host = host;
        this.options = options;
        status = client.Status;
        (transport, _) = new TransportRegistry(options.Transports).Find($"tcp://{address.Authority}");
        backoff = new ReconnectBackoff(options.Reconnect, options.TimeProvider, options.LoggerFactory.CreateLogger("Hawser.Channel"));
        attempts = new ConnectAttempts(Tracing.GrpcSystem, TcpSockets.Text(address), options.TimeProvider);

        // With one connection the handler itself makes no second, except beside one that the server is ending.
        room = new SemaphoreSlim(maxConnections > 1 ? maxConnections : int.MaxValue);
    }

    internal bool IsDisposed => disposing.IsCancellationRequested;

    /// <summary>Whether there is a link on which the server has answered.</summary>
    internal bool IsReady => isReady;

    /// <summary>The open links, the newest first.</summary>
    internal GrpcLink[] Links
    {
        get
        {
            lock (gate)
                return [.. links];
        }
    }

    /// <summary>Waits until it is not too soon to connect, or there is a link, or there will be none: whatever comes first.</summary>
    internal async Task NextAttemptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Every step is a reason to look again: a reset, above all, and the channel's end.
            var step = status.NextChange;
            var left = backoff.TimeLeft;
            if (isReady || client.IsLeaving || left == TimeSpan.Zero)
                return;

            // Timers cut off what is no whole millisecond; a wait for less than one would end at once, and be begun again without a pause.
            var wait = FrameLimits.TimerDue(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)));
            await step.WaitAsync(wait, options.TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Throws the last failure while there is no link and it is too soon to try again.</summary>
    /// <exception cref="RpcException">The server could not be reached; the call was not run.</exception>
    internal void ThrowIfOutOfReach()
    {
        lock (gate)
        {
            if (links.Count > 0)
                return;
        }

        backoff.ThrowIfTooSoon();
    }

    /// <summary>Has something done once when the next link has been made, before anything is sent on it.</summary>
    internal IDisposable OnNextLink(Action<GrpcLink> action)
    {
        lock (gate)
            linkMade += action;
        return new Subscription(this, action);
    }

    /// <summary>Makes a link. Called by the HTTP handler.</summary>
    /// <exception cref="ConnectFailedException">The server cannot be reached.</exception>
    internal async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, disposing.Token);

        // While there are as many links as there may be, the calls that want another wait for their turn on those; so does this.
        await room.WaitAsync(either.Token).ConfigureAwait(false);
        var isAdded = false;
        try
        {
            // Whoever is told of the end of the last link may choose when there is another.
            await Told.WaitAsync(either.Token).ConfigureAwait(false);
            backoff.ThrowIfTooSoon();
            EnterUnready(ChannelState.Connecting);
            var link = await attempts.MakeAsync(ConnectWithinTimeAsync, either.Token).ConfigureAwait(false);
            await AdoptAsync(link, either.Token).ConfigureAwait(false);
            isAdded = true;
            return link.Http;
        }
        catch (Exception exception)
        {
            throw Failed(exception, cancellationToken);
        }
        finally
        {
            // The end of a link gives its room back.
            if (!isAdded)
                room.Release();
        }
    }

    /// <summary>Makes no more links and ends those there are.</summary>
    internal void Dispose()
    {
        disposing.Cancel();
        foreach (var link in Links)
        {
            link.Abort("the channel was disposed");

            // One that is just ending by itself may not have said so yet, and the channel's end is to come behind it.
            Ended(link);
        }
    }

    /// <summary>Ends every link, and lets the next be made however soon.</summary>
    internal void Reset()
    {
        backoff.Clear();
        GrpcLink[] dropped;
        lock (gate)
        {
            dropped = [.. links];
            _ = adopting?.CancelAsync();
        }

        foreach (var link in dropped)
            link.Reset();
    }

    /// <summary>Ends the links from addresses that this machine no longer has, and those on which nothing arrives any more.</summary>
    internal void NetworkChanged()
    {
        backoff.Clear();
        foreach (var link in Links)
        {
            if (NetworkWatch.HasLost(link.LocalAddress))
                link.Abort("the network has changed: this machine no longer has the address that it was made from");
            else
                _ = link.ProbeAsync(options.Reconnect.NetworkPatience, options.TimeProvider);
        }
    }

    private async Task<GrpcLink> ConnectWithinTimeAsync(CancellationToken cancellationToken)
    {
        var limit = options.Limits.HandshakeTimeout;
        using var timeout = new CancellationTokenSource(limit, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var hosts = host is null ? await HostAddresses.ResolveAsync(options.NameResolver, address, either.Token).ConfigureAwait(false) : [host];
            var (_, link) = await Race.RunAsync(
                [.. hosts.Select(static one => one.ToString())],
                (i, over) => ConnectAsync(hosts[i], over),
                options.TimeProvider,
                either.Token).ConfigureAwait(false);
            CountOpen(link);
            return link;
        }
        catch (Exception exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{TcpSockets.Text(address)} did not answer within {limit.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout).", exception);
        }
    }

    private void CountOpen(GrpcLink link)
    {
        var server = TcpSockets.Text(address);
        ConnectionMetrics.Opened(Tracing.GrpcSystem, isClient: true, server);
        link.Closed.UnsafeRegister(
            _ => ConnectionMetrics.Ended(Tracing.GrpcSystem, isClient: true, server, IsDisposed ? StatusCode.Ok : StatusCode.Unavailable), null);
    }

    private async Task<GrpcLink> ConnectAsync(IPAddress machine, CancellationToken cancellationToken)
    {
        var connection = await transport.ConnectAsync(new Uri($"tcp://{new IPEndPoint(machine, address.Port)}"), options.Transport, cancellationToken).ConfigureAwait(false);
        try
        {
            var link = new GrpcLink(connection, TcpSockets.Text(address));
            await link.PrepareAsync(address, options.Transport.Tls, cancellationToken).ConfigureAwait(false);
            return link;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Exception Failed(Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case RpcException tooSoon:
                return new ConnectFailedException(tooSoon.Status, tooSoon);
            case ConnectFailedException:
                return exception;
            case LinkResetException:
            case OperationCanceledException when disposing.IsCancellationRequested || cancellationToken.IsCancellationRequested:
                if (status.State == ChannelState.Connecting)
                    EnterUnready(ChannelState.Idle);
                return exception;
            case IOException or AuthenticationException:
                // The transport's own scheme is none of the user's.
                var reason = exception.Message.TrimEnd('.').Replace("tcp://", $"{address.Scheme}://", StringComparison.Ordinal);
                var failure = new Status(StatusCode.Unavailable, $"{reason}. The call was not run.") { IsConnectFailure = true };
                EnterUnready(ChannelState.BackingOff, failure, backoff.Failed(failure));
                return new ConnectFailedException(failure, exception);
            default:
                return exception;
        }
    }

    private void UpdateReady()
    {
        lock (gate)
        {
            var wasReady = isReady;
            isReady = links.Exists(static link => link.IsReady);
            if (isReady != wasReady && !disposing.IsCancellationRequested)
                status.Enter(isReady ? ChannelState.Ready : ChannelState.Idle);
        }
    }

    /// <summary>Enters a state that a channel is in while it has no link on which the server has answered.</summary>
    private void EnterUnready(ChannelState next, Status? reason = null, TimeSpan? delay = null)
    {
        lock (gate)
        {
            if (!isReady && !IsDisposed)
                status.Enter(next, reason, delay);
        }
    }

    private sealed class Subscription(GrpcConnector connector, Action<GrpcLink> action) : IDisposable
    {
        public void Dispose()
        {
            lock (connector.gate)
                connector.linkMade -= action;
        }
    }
}
