using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Calls the application back about a channel's connections, and sees to it that this is done as often as promised.</summary>
/// <remarks>
/// For each connection the open callback runs once, before any call of the channel uses it, and the close callback once for each open callback that has begun, after all calls have ended.
/// </remarks>
internal sealed class ChannelCallbacks(HawserChannelOptions options)
{
    private static readonly AsyncLocal<ChannelCallbacks?> Running = new();

    private readonly ILogger logger = options.LoggerFactory.CreateLogger("Hawser.Channel");

    /// <summary>Whether the caller of this is one of the callbacks, for which nothing may wait that waits for them.</summary>
    internal bool AreRunning => ReferenceEquals(Running.Value, this);

    /// <summary>A connection has been opened.</summary>
    /// <exception cref="RpcException">The application refuses it; the status says why.</exception>
    internal async Task OpenedAsync(Connection connection, CancellationToken cancellationToken)
    {
        if (options.ConnectionOpened is not { } callback)
            return;
        Running.Value = this;
        try
        {
            await callback(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RpcException && !cancellationToken.IsCancellationRequested)
        {
            ChannelLog.CallbackFailed(logger, nameof(HawserChannelOptions.ConnectionOpened), connection.RemoteAddress, exception);
            throw new RpcException(new Status(StatusCode.Unavailable, $"The connection to {connection.RemoteAddress} was refused: the callback on its opening failed."), null, exception);
        }
    }

    /// <summary>A connection has ended whose open callback had begun.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="reason">Why it ended.</param>
    /// <param name="delay">The delay that is proposed before the next attempt; null when none follows.</param>
    /// <returns>The delay, and whether the application chose it.</returns>
    internal async Task<(TimeSpan? Delay, bool IsChosen)> ClosedAsync(Connection connection, Status reason, TimeSpan? delay)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (options.ConnectionClosed is not { } callback)
            return (delay, false);
        var end = new ConnectionEnd(connection, reason, delay);
        Running.Value = this;
        try
        {
            callback(end);
        }
        catch (Exception exception)
        {
            // The channel must come back, whatever the application does; the log tells what it did.
            ChannelLog.CallbackFailed(logger, nameof(HawserChannelOptions.ConnectionClosed), connection.RemoteAddress, exception);
        }

        return delay is not null && end is { IsDelayChosen: true, Delay: { } chosen } ? (chosen, true) : (delay, false);
    }

    /// <summary>Nothing will be called back any more.</summary>
    internal void Finished(string address)
    {
        try
        {
            options.Closed?.Invoke();
        }
        catch (Exception exception)
        {
            ChannelLog.CallbackFailed(logger, nameof(HawserChannelOptions.Closed), address, exception);
        }
    }
}
