using Hawser.Cli.Parsing;

namespace Hawser.Cli.Calls;

/// <summary>Opens a channel, once or until it is open.</summary>
/// <param name="address">Where to; several addresses have commas between.</param>
/// <param name="options">Of the channel.</param>
internal sealed class ChannelOpening(string address, HawserChannelOptions options)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Makes a channel and tries to open it.</summary>
    /// <exception cref="CommandException">Nobody answers, or the address is wrong.</exception>
    public Task<HawserChannel> OpenAsync(CancellationToken cancellationToken) => MakeAsync(
        async channel =>
        {
            try
            {
                await channel.OpenAsync(cancellationToken);
            }
            catch (RpcException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new CommandException(ExitCode.Unreachable, await DescribeAsync(failure, cancellationToken), failure);
            }
        });

    /// <summary>Makes a channel, and waits until it is open.</summary>
    /// <param name="waiting">Is told why it is not yet, whenever that is another reason than before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">The address is wrong.</exception>
    public Task<HawserChannel> WaitAsync(Action<string> waiting, CancellationToken cancellationToken) =>
        MakeAsync(channel => ReopenAsync(channel, waiting, cancellationToken));

    /// <summary>Waits until a channel is open, also when it has been before.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="waiting">Is told why it is not, whenever that is another reason than before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReopenAsync(HawserChannel channel, Action<string> waiting, CancellationToken cancellationToken)
    {
        var told = "";
        for (var pause = FirstPause; ; pause = pause + pause < LongestPause ? pause + pause : LongestPause)
        {
            try
            {
                await channel.OpenAsync(cancellationToken);
                return;
            }
            catch (RpcException failure)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!string.Equals(failure.Status.Text, told, StringComparison.Ordinal))
                    waiting(await DescribeAsync(failure, cancellationToken));
                told = failure.Status.Text;
            }

            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<HawserChannel> MakeAsync(Func<HawserChannel, Task> open)
    {
        HawserChannel? channel = null;
        try
        {
            channel = HawserChannel.Connect(address, options);
            await open(channel);
            return channel;
        }
        catch (Exception exception)
        {
            if (channel is not null)
                await channel.DisposeAsync();
            if (exception is ArgumentException wrong)
                throw new CommandException(ExitCode.Usage, ArgumentMessage.Of(wrong), wrong);
            throw;
        }
    }

    private async Task<string> DescribeAsync(RpcException failure, CancellationToken cancellationToken) =>
        $"cannot reach {address}: {await UnreachableReason.OfAsync(address, failure, options, cancellationToken)}";
}
