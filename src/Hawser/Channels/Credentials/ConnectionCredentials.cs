using System.Collections.Concurrent;
using Hawser.Frames;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Gets the metadata that the connections to one server send of themselves, and keeps that of the living ones fresh.</summary>
internal sealed class ConnectionCredentials
{
    private readonly ConnectionCredentialsRequest request;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<FrameConnection, CredentialsRenewal> renewals = new();

    /// <param name="request">Asks for them; shared by the servers of the channel.</param>
    /// <param name="options">The channel's.</param>
    public ConnectionCredentials(ConnectionCredentialsRequest request, HawserChannelOptions options)
    {
        this.request = request;
        time = options.TimeProvider;
        logger = options.LoggerFactory.CreateLogger("Hawser.Channel");
    }

    /// <summary>Asks for the credentials of a connection that is about to be made.</summary>
    /// <exception cref="RpcException">There are none, or they are too large.</exception>
    public Task<Credentials> GetAsync(CancellationToken cancellationToken) => request.GetAsync().WaitAsync(cancellationToken);

    /// <summary>Renews the credentials of a connection that has been opened with some, until it ends.</summary>
    public void KeepFresh(FrameConnection connection, Credentials credentials)
    {
        var renewal = new CredentialsRenewal(connection, request, credentials, time, logger);
        renewals[connection] = renewal;
        connection.Closed.UnsafeRegister(
            state =>
            {
                renewal.Dispose();
                renewals.TryRemove((FrameConnection)state!, out _);
            },
            connection);
    }

    /// <summary>Asks for new credentials now, and sends them on every living connection.</summary>
    /// <exception cref="RpcException">There are none, or a peer does not take them.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (renewals.IsEmpty)
            return Task.CompletedTask;
        var asked = request.GetAsync();
        return Task.WhenAll(renewals.Values.Select(renewal => renewal.RenewAsync(asked, cancellationToken)));
    }
}
