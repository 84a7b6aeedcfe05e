namespace Hawser.Grpc.Client;

/// <summary>Has the HTTP handler connect without a call: it connects for requests only, so it is given one, which is taken back before it is sent.</summary>
internal sealed class GrpcOpener(GrpcClient client, Uri server)
{
    private readonly Lock gate = new();
    private Task<GrpcLink>? opening;

    /// <summary>Connects, or waits for others who do.</summary>
    /// <exception cref="RpcException">The server cannot be reached.</exception>
    internal Task<GrpcLink> OpenAsync(CancellationToken cancellationToken)
    {
        Task<GrpcLink> attempt;
        lock (gate)
        {
            if (opening is null or { IsCompleted: true })
                opening = ConnectAsync();
            attempt = opening;
        }

        return attempt.WaitAsync(cancellationToken);
    }

    private async Task<GrpcLink> ConnectAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var takeBack = new CancellationTokenSource();
        using var subscription = client.Connector.OnNextLink(takeBack.Cancel);
        try
        {
            client.Connector.ThrowIfOutOfReach();
            using var request = new HttpRequestMessage(HttpMethod.Head, server) { Version = System.Net.HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await client.Http.SendAsync(request, takeBack.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (takeBack.IsCancellationRequested)
        {
            // The link is there.
        }
        catch (Exception exception)
        {
            var (status, notRun) = client.Describe(exception, Probe, wasSent: false);
            throw exception as RpcException ?? new RpcException(status, trailers: null, exception) { NotRun = notRun };
        }

        return client.Connector.Links is [{ } link, ..] ? link : throw client.Disposed();
    }

    /// <summary>What a failure that belongs to no call names.</summary>
    private static readonly Method Probe = new("connecting/itself", Body.Empty, Body.Empty);
}
