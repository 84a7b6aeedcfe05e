using Hawser.Frames;

namespace Hawser;

/// <summary>Asks for the credentials of a channel's connections, to whichever of its servers: one at a time, and whoever comes meanwhile shares the answer.</summary>
internal sealed class ConnectionCredentialsRequest
{
    private readonly CredentialsRequest request;
    private readonly ConnectionLimits limits;
    private readonly Lock gate = new();
    private Task<Credentials>? latest;

    private ConnectionCredentialsRequest(CredentialsProvider provider, string addresses, HawserChannelOptions options)
    {
        request = new CredentialsRequest(provider, addresses, options);
        limits = options.Limits;
    }

    /// <summary>That of a channel; null when its options name no credentials for connections.</summary>
    public static ConnectionCredentialsRequest? Of(HawserChannelOptions options, string addresses) =>
        options.ConnectionCredentials is { } provider ? new ConnectionCredentialsRequest(provider, addresses, options) : null;

    /// <summary>Gets new ones.</summary>
    /// <exception cref="RpcException">There are none, or they are too large.</exception>
    public Task<Credentials> GetAsync()
    {
        lock (gate)
        {
            if (latest is null or { IsCompleted: true })
                latest = AskAsync();
            return latest;
        }
    }

    /// <summary>Gets some that last longer than others: those that another connection has got meanwhile, or new ones.</summary>
    /// <param name="old">The others, which expire.</param>
    /// <exception cref="RpcException">There are none, or they are too large.</exception>
    public Task<Credentials> GetAfterAsync(Credentials old)
    {
        lock (gate)
        {
            return latest is { IsCompletedSuccessfully: true } known && known.Result.Expires > old.Expires ? known : GetAsync();
        }
    }

    private async Task<Credentials> AskAsync()
    {
        var credentials = await request.GetAsync().ConfigureAwait(false);
        var size = MetadataBlock.SizeOf(credentials.Metadata);
        return size <= limits.MaxMetadataSize
            ? credentials
            : throw new RpcException(StatusCode.ResourceExhausted, $"The credentials of the connection take {size} bytes; at most {limits.MaxMetadataSize} are allowed (ConnectionLimits.MaxMetadataSize).") { NotRun = true };
    }
}
