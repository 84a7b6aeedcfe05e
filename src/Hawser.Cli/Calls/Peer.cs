using Hawser.Cli.Grpc;
using Hawser.Transports;

namespace Hawser.Cli.Calls;

/// <summary>The node that a client command talks to, or the gRPC server.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Transport">Certificates and the like.</param>
internal record Peer(string Address, ClientTransportOptions Transport)
{
    /// <summary>Whether the peer speaks gRPC.</summary>
    public bool IsGrpc => Parsing.Address.IsGrpc(Address);

    /// <summary>What the connection may cost.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Connects, or says in one sentence why it can't.</summary>
    /// <param name="metadata">What is sent with every call; null for none.</param>
    /// <param name="isJson">Whether gRPC messages are JSON where a method does not say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The open channel, which must be disposed.</returns>
    /// <exception cref="CommandException">Nobody can be reached there, or the address is wrong.</exception>
    public async Task<HawserChannel> OpenAsync(Metadata? metadata, bool isJson, CancellationToken cancellationToken)
    {
        IReadOnlyList<IClientInterceptor> interceptors = metadata is null ? [] : [new MetadataInterceptor(metadata)];
        HawserChannel channel;
        try
        {
            channel = HawserChannel.Connect(
                Address,
                IsGrpc
                    ? GrpcChannels.CreateOptions(Transport, interceptors, Limits, isJson)
                    : new HawserChannelOptions { Transport = Transport, Interceptors = interceptors, Limits = Limits });
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
                RpcException failed => new CommandException(ExitCode.Unreachable, $"cannot reach {Address}: {failed.Status.Text}", failed),
                ArgumentException wrong => new CommandException(ExitCode.Usage, wrong.Message, wrong),
                _ => exception,
            };
        }
    }
}
