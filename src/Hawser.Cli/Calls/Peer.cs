namespace Hawser.Cli.Calls;

/// <summary>The node that a client command talks to.</summary>
internal static class Peer
{
    /// <summary>Connects, or says in one sentence why it can't.</summary>
    /// <param name="address">Where the node is.</param>
    /// <param name="options">Certificates and the like.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The open channel, which must be disposed.</returns>
    /// <exception cref="CommandException">Nobody can be reached there, or the address is wrong.</exception>
    public static async Task<HawserChannel> ConnectAsync(string address, HawserChannelOptions options, CancellationToken cancellationToken)
    {
        HawserChannel channel;
        try
        {
            channel = HawserChannel.Connect(address, options);
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.Usage, exception.Message, exception);
        }

        try
        {
            await channel.OpenAsync(cancellationToken);
            return channel;
        }
        catch (Exception exception)
        {
            await channel.DisposeAsync();
            throw exception switch
            {
                RpcException failed => new CommandException(ExitCode.Unreachable, $"cannot reach {address}: {failed.Status.Text}", failed),
                ArgumentException wrong => new CommandException(ExitCode.Usage, wrong.Message, wrong),
                _ => exception,
            };
        }
    }
}
