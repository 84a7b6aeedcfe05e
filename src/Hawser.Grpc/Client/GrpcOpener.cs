namespace Hawser.Grpc.Client;

/// <summary>Has the HTTP handler connect without a call: it connects for requests only, so it is given one, which is taken back before it is sent.</summary>
internal sealed class GrpcOpener(GrpcClient client, Uri server)
{
    /// <summary>How often a request may be lost with a link that HTTP took for a living one.</summary>
    private const int MaxAttempts = 3;

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
        for (var left = MaxAttempts; ; left--)
        {
            using var takeBack = new CancellationTokenSource();
            GrpcLink? made = null;
            using var subscription = client.Connector.OnNextLink(link =>
            {
                made = link;
                takeBack.Cancel();
            });
            try
            {
                client.Connector.ThrowIfOutOfReach();
                using var request = new HttpRequestMessage(HttpMethod.Head, server) { Version = System.Net.HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                using var response = await client.Http.SendAsync(request, takeBack.Token).ConfigureAwait(false);
            }
            catch (Exception) when (made is not null)
            {
                // The link was there, and the request was taken back or lost with it; what became of the link is told below.
            }
            catch (Exception exception) when (left > 1 && !client.Connector.IsDisposed && !GrpcClient.IsOutOfReach(exception))
            {
                // HTTP had not noticed yet that a link was lost, and put the request on that.
                continue;
            }
            catch (Exception exception)
            {
                var (status, notRun) = client.Describe(exception, Probe, wasSent: false);
                throw exception as RpcException ?? new RpcException(status, trailers: null, exception) { NotRun = notRun };
            }

            var link = made ?? client.Connector.Links.FirstOrDefault() ?? throw client.Disposed();
            try
            {
                await link.Ready.ConfigureAwait(false);
                return link;
            }
            catch (IOException exception)
            {
                // Whoever learns of the failure finds decided what follows from it.
                await client.Connector.Told.ConfigureAwait(false);
                if (left == 1 || !link.IsReset || client.Connector.IsDisposed)
                    throw new RpcException(link.Unanswered(), trailers: null, exception) { NotRun = true };
            }
        }
    }

    /// <summary>What a failure that belongs to no call names.</summary>
    private static readonly Method Probe = new("connecting/itself", Body.Empty, Body.Empty);
}
