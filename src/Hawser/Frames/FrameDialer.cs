using Hawser.Transports;

namespace Hawser.Frames;

/// <summary>Makes a channel's connections: to the first of its addresses that answers, each at the first of its host's that does.</summary>
/// <remarks>Nothing a loser of a race has opened is left behind. Used by one attempt at a time.</remarks>
internal sealed class FrameDialer(IReadOnlyList<FrameAddress> addresses, HawserChannelOptions options, ConnectionCredentials? credentials, ConnectionSettings settings)
{
    private int preferred;

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">Nobody can be reached; the text says why.</exception>
    /// <exception cref="RpcException">There are no credentials for the connection.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate or protocol was refused.</exception>
    public async Task<FrameConnection> DialAsync(CancellationToken cancellationToken)
    {
        var sent = credentials is null ? null : await credentials.GetAsync(cancellationToken).ConfigureAwait(false);

        // What worked last comes first, the others in their order.
        var order = Enumerable.Range(0, addresses.Count).Select(i => (preferred + i) % addresses.Count).ToArray();
        var (winner, attempt) = await Race.RunAsync(
            [.. order.Select(i => addresses[i].Text)],
            (i, over) => DialAsync(addresses[order[i]], sent?.Metadata, over),
            options.TimeProvider,
            cancellationToken).ConfigureAwait(false);
        preferred = order[winner];
        if (sent is not null)
            credentials!.KeepFresh(attempt.Connection, sent);
        return attempt.Connection;
    }

    /// <summary>The server that was connected to takes no new calls: another one is tried first the next time.</summary>
    public void Avoid() => preferred = (preferred + 1) % addresses.Count;

    private async Task<Attempt> DialAsync(FrameAddress address, Metadata? metadata, CancellationToken cancellationToken)
    {
        var limit = options.Limits.HandshakeTimeout;
        if (!address.HasName)
            return await OpenAsync(address, metadata, limit, cancellationToken).ConfigureAwait(false);
        var from = options.TimeProvider.GetTimestamp();
        var hosts = await HostAddresses.ResolveAsync(options, address.Uri, cancellationToken).ConfigureAwait(false);
        var left = Left(limit, from);
        var (_, attempt) = await Race.RunAsync(
            [.. hosts.Select(static host => host.ToString())],
            (i, over) => OpenAsync(address.At(hosts[i]), metadata, left, over),
            options.TimeProvider,
            cancellationToken).ConfigureAwait(false);
        return attempt;
    }

    /// <param name="address">Where to.</param>
    /// <param name="metadata">What the connection says of itself.</param>
    /// <param name="limit">How long it may take to connect and to shake hands, together.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<Attempt> OpenAsync(FrameAddress address, Metadata? metadata, TimeSpan limit, CancellationToken cancellationToken)
    {
        var from = options.TimeProvider.GetTimestamp();
        using var timeout = new CancellationTokenSource(limit, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        TransportConnection link;
        try
        {
            link = await address.Transport.ConnectAsync(address.Uri, address.Options.WithLimits(options.Limits), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address.Text} did not answer within {options.Limits.HandshakeTimeout.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout).");
        }

        var connection = new FrameConnection(link, isInitiator: true, settings, metadata) { HandshakeLimit = Left(limit, from) };
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await connection.CloseAsync(StatusCode.Cancelled, "the connection could not be used").ConfigureAwait(false);
            if (connection.IsVersionMismatch)
                throw new PermanentFailureException(exception);
            if (connection.Refusal is { } refusal)
                throw new ServerRefusalException(refusal, exception);
            throw;
        }

        return new Attempt(connection);
    }

    private TimeSpan Left(TimeSpan limit, long from)
    {
        var left = limit - options.TimeProvider.GetElapsedTime(from);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A connection that a race may have made in vain.</summary>
    private sealed class Attempt(FrameConnection connection) : IAsyncDisposable
    {
        public FrameConnection Connection => connection;

        public async ValueTask DisposeAsync() => await connection.CloseAsync(StatusCode.Cancelled, "another address answered first").ConfigureAwait(false);
    }
}
