using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>Sends snapshots of a server to whoever asks, until they have enough or the server stops.</summary>
internal sealed class WatchEndpoint(HawserServer server)
{
    private readonly CallCounts counts = new(server.Endpoints, server.TimeProvider);
    private readonly ConnectionIds ids = new();

    public async IAsyncEnumerable<ServerSnapshot> WatchAsync(WatchRequest request, CallContext call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Require(request.IntervalMilliseconds, 50, 3_600_000, nameof(request.IntervalMilliseconds));
        Require(request.MaxConnections, 0, 1000, nameof(request.MaxConnections));
        Require(request.MaxMethods, 0, 1000, nameof(request.MaxMethods));
        using var counting = counts.Start();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, server.Stopping);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(request.IntervalMilliseconds), server.TimeProvider);
        var sampler = new ServerSampler(server, counts, ids, call.Connection);
        do
            yield return sampler.Take(request.MaxConnections, request.MaxMethods);
        while (await TickAsync(timer, either.Token).ConfigureAwait(false));

        // Whoever watches would otherwise keep the server from stopping.
        if (!cancellationToken.IsCancellationRequested)
            throw new RpcException(StatusCode.Unavailable, "The server is stopping.");
    }

    private static async ValueTask<bool> TickAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static void Require(int value, int low, int high, string name)
    {
        if (value < low || value > high)
            throw new RpcException(StatusCode.InvalidArgument, $"{name} is {value}; it must be {low}…{high}.");
    }
}
