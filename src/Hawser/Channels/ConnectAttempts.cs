using Hawser.Frames;

namespace Hawser;

/// <summary>Measures the attempts of a channel to connect to a server.</summary>
/// <param name="system">The wire, as <c>rpc.system</c> names it.</param>
/// <param name="server">The server's address.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectAttempts(string system, string server, TimeProvider time)
{
    private bool hasTried;

    /// <summary>Makes an attempt.</summary>
    /// <param name="connect">Connects.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was connected.</returns>
    public async Task<T> MakeAsync<T>(Func<CancellationToken, Task<T>> connect, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref hasTried, true))
            ConnectionMetrics.Reconnecting(system, server);
        var from = time.GetTimestamp();
        var code = StatusCode.Ok;
        try
        {
            return await connect(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            code = exception switch
            {
                RpcException failure => failure.Code,
                ServerRefusalException refusal => refusal.Status.Code,
                OperationCanceledException => StatusCode.Cancelled,
                _ => StatusCode.Unavailable,
            };
            throw;
        }
        finally
        {
            ConnectionMetrics.Attempted(system, server, code, time.GetElapsedTime(from));
        }
    }
}
