using Hawser.Cli.Parsing;

namespace Hawser.Cli.Calls;

/// <summary>What a client command is pointed at: a method of a node, and how long it may take.</summary>
/// <param name="Address">Where the node is.</param>
/// <param name="Method">The method's full name.</param>
/// <param name="ChannelOptions">Certificates and the like.</param>
/// <param name="Deadline">How long to wait for the end of the call, and as long again for the connection; null waits for ever.</param>
internal sealed record CallTarget(string Address, string Method, HawserChannelOptions ChannelOptions, TimeSpan? Deadline)
{
    /// <summary>Connects.</summary>
    /// <exception cref="CommandException">Nobody can be reached.</exception>
    /// <exception cref="RpcException">The deadline passed first.</exception>
    public async Task<HawserChannel> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Deadline is not { } deadline)
            return await Peer.ConnectAsync(Address, ChannelOptions, cancellationToken);
        using var expired = new CancellationTokenSource(deadline, ChannelOptions.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expired.Token);
        try
        {
            return await Peer.ConnectAsync(Address, ChannelOptions, either.Token);
        }
        catch (OperationCanceledException exception) when (expired.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"No connection to {Address} within {Duration.Format(deadline)}."), null, exception);
        }
    }

    /// <summary>What the node says about the method; null when it does not tell, or does not have it.</summary>
    public Task<MethodDescription?> DescribeAsync(HawserChannel channel, CancellationToken cancellationToken) =>
        Reflection.FindAsync(channel, Method, CreateOptions(metadata: null, cancellationToken));

    public CallOptions CreateOptions(Metadata? metadata, CancellationToken cancellationToken) =>
        new() { Metadata = metadata, Timeout = Deadline, CancellationToken = cancellationToken };
}
