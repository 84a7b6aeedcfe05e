namespace Hawser.Cli.Calls;

/// <summary>The two directions of one call, at the same time.</summary>
internal static class CallExchange
{
    /// <summary>Runs both directions until the peer has ended the call.</summary>
    /// <param name="send">Sends the request. Stopped when the peer ends the call before it has everything.</param>
    /// <param name="receive">Reads the response to its end, and throws the status if it is not OK.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    public static async Task RunAsync(Func<CancellationToken, Task> send, Func<Task> receive, CancellationToken cancellationToken)
    {
        using var stopSending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = send(stopSending.Token);
        var receiving = receive();
        if (await Task.WhenAny(sending, receiving) == sending)
        {
            try
            {
                await sending;
            }
            catch (RpcException)
            {
                // What the peer says is the reason; that nothing more could be sent is only its consequence.
                await receiving;
                throw;
            }

            await receiving;
            return;
        }

        await stopSending.CancelAsync();
        await receiving;
    }
}
