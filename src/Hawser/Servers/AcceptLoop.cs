using Hawser.Transports;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Accepts the links of one listener, whatever becomes of single ones.</summary>
/// <param name="listener">The listener; it belongs to the caller.</param>
/// <param name="rate">How fast; null for as fast as they come.</param>
/// <param name="logger">Is told what fails.</param>
/// <param name="time">The clock.</param>
internal sealed class AcceptLoop(TransportListener listener, AcceptRate? rate, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Accepts until the listener is disposed.</summary>
    /// <param name="take">Takes each link over, and waits for nothing.</param>
    /// <param name="stopping">Ends the loop.</param>
    internal async Task RunAsync(Action<TransportConnection> take, CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (rate is not null)
                    await rate.WaitAsync(stopping).ConfigureAwait(false);
                if (await listener.AcceptAsync(stopping).ConfigureAwait(false) is not { } link)
                    return;
                rate?.Take();
                take(link);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever a transport throws, the others and the next link must still be served.
                ServerLog.AcceptFailed(logger, listener.Address, exception.Message);
                await Task.Delay(RetryDelay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
