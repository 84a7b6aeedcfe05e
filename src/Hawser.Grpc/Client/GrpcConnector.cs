using System.Security.Authentication;
using Hawser.Transports;

namespace Hawser.Grpc.Client;

/// <summary>Makes a channel's connections when the HTTP handler wants them: over Hawser's transports, not too many and not too often.</summary>
internal sealed class GrpcConnector
{
    private readonly Uri address;
    private readonly HawserChannelOptions options;
    private readonly Transport transport;
    private readonly Uri transportAddress;
    private readonly ConnectBackoff backoff;
    private readonly SemaphoreSlim room;
    private readonly Lock gate = new();
    private readonly List<GrpcLink> links = [];
    private readonly CancellationTokenSource disposing = new();
    private Action<GrpcLink>? linkMade;
    private volatile bool isReady;

    internal GrpcConnector(Uri address, int maxConnections, HawserChannelOptions options)
    {
        this.address = address;
        this.options = options;
        (transport, transportAddress) = new TransportRegistry(options.Transports).Find($"tcp://{address.Authority}");
        backoff = new ConnectBackoff(options.TimeProvider);

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

    /// <summary>How long it is too soon to connect again; zero when it is not.</summary>
    internal TimeSpan TimeUntilNextAttempt => backoff.TimeLeft;

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
        GrpcLink? link = null;
        try
        {
            backoff.ThrowIfTooSoon();
            link = await ConnectWithinTimeAsync(either.Token).ConfigureAwait(false);
            backoff.Succeeded();
            Add(link);
            return link.Http;
        }
        catch (Exception exception)
        {
            // The end of a link gives its room back.
            if (link is null)
                room.Release();
            else
                link.Abort();
            throw Failed(exception, cancellationToken);
        }
    }

    /// <summary>Makes no more links and ends those there are.</summary>
    internal void Dispose()
    {
        disposing.Cancel();
        foreach (var link in Links)
            link.Abort();
    }

    private async Task<GrpcLink> ConnectWithinTimeAsync(CancellationToken cancellationToken)
    {
        var limit = options.Limits.HandshakeTimeout;
        using var timeout = new CancellationTokenSource(limit, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        TransportConnection? connection = null;
        try
        {
            connection = await transport.ConnectAsync(transportAddress, options.Transport, either.Token).ConfigureAwait(false);
            var link = new GrpcLink(connection, TcpSockets.Text(address));
            await link.PrepareAsync(address, options.Transport.Tls, either.Token).ConfigureAwait(false);
            return link;
        }
        catch (Exception exception)
        {
            if (connection is not null)
                await connection.DisposeAsync().ConfigureAwait(false);
            if (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                throw new IOException($"{TcpSockets.Text(address)} did not answer within {limit.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout).", exception);
            throw;
        }
    }

    private Exception Failed(Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case RpcException tooSoon:
                return new ConnectFailedException(tooSoon.Status, tooSoon);
            case OperationCanceledException when disposing.IsCancellationRequested || cancellationToken.IsCancellationRequested:
                return exception;
            case IOException or AuthenticationException:
                // The transport's own scheme is none of the user's.
                var reason = exception.Message.TrimEnd('.').Replace($"tcp://{address.Authority}", TcpSockets.Text(address), StringComparison.Ordinal);
                var status = new Status(StatusCode.Unavailable, $"{reason}. The call was not run.");
                backoff.Failed(status, isPermanent: false);
                return new ConnectFailedException(status, exception);
            default:
                return exception;
        }
    }

    private void Add(GrpcLink link)
    {
        Action<GrpcLink>? made;
        lock (gate)
        {
            links.Insert(0, link);
            link.OnReady(UpdateReady);
            made = linkMade;
            linkMade = null;
        }

        link.Closed.UnsafeRegister(
            static (state, _) =>
            {
                var (connector, link) = ((GrpcConnector, GrpcLink))state!;
                connector.Remove(link);
            },
            (this, link));
        if (disposing.IsCancellationRequested)
            link.Abort();
        made?.Invoke(link);
    }

    private void Remove(GrpcLink link)
    {
        lock (gate)
            links.Remove(link);
        UpdateReady();
        room.Release();
    }

    private void UpdateReady()
    {
        lock (gate)
            isReady = links.Exists(static link => link.IsReady);
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
