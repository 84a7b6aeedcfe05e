using Hawser.Cli.Grpc;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Calls;

/// <summary>The node that a client command talks to, or the gRPC server.</summary>
/// <param name="Address">Where it is; several addresses have commas between.</param>
/// <param name="Connect">How it is reached.</param>
internal record Peer(string Address, ConnectSettings Connect)
{
    /// <summary>Whether the peer speaks gRPC.</summary>
    public bool IsGrpc => Parsing.Address.IsGrpc(Address);

    /// <summary>What the connection may cost.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Is told why the peer cannot be reached while it is waited for; standard error unless set.</summary>
    public Action<string> Waiting { get; init; } = static reason => Console.Error.WriteLine(Failure.OneLine($"hawser: waiting: {reason}"));

    /// <summary>Connects, or says in one sentence why it can't.</summary>
    /// <param name="metadata">What is sent with every call; null for none.</param>
    /// <param name="isJson">Whether gRPC messages are JSON where a method does not say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The open channel, which must be disposed.</returns>
    /// <exception cref="CommandException">Nobody can be reached there and nobody is waited for, or the address is wrong.</exception>
    /// <exception cref="RpcException">The deadline passed first.</exception>
    public Task<HawserChannel> OpenAsync(Metadata? metadata, bool isJson, CancellationToken cancellationToken)
    {
        var opening = CreateOpening(metadata, isJson);
        return WithinDeadlineAsync(
            token => Connect.WaitForReady ? opening.WaitAsync(Waiting, token) : opening.OpenAsync(token), $"No connection to {Address}", cancellationToken);
    }

    /// <summary>Waits until a channel that was open is open again.</summary>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public Task ReopenAsync(HawserChannel channel, CancellationToken cancellationToken) =>
        CreateOpening(metadata: null, isJson: false).ReopenAsync(channel, Waiting, cancellationToken);

    /// <summary>Does something within the deadline, if there is one.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="otherwise">What did not happen when the deadline passes, without its period.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The deadline passed first.</exception>
    public async Task<T> WithinDeadlineAsync<T>(Func<CancellationToken, Task<T>> work, string otherwise, CancellationToken cancellationToken)
    {
        if (Connect.Deadline is not { } deadline)
            return await work(cancellationToken);
        using var expired = new CancellationTokenSource(deadline, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expired.Token);
        try
        {
            return await work(either.Token);
        }
        catch (Exception exception) when (
            exception is OperationCanceledException or RpcException { Code: StatusCode.Cancelled }
            && expired.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"{otherwise} within {Duration.Format(deadline)}."), null, exception);
        }
    }

    private ChannelOpening CreateOpening(Metadata? metadata, bool isJson)
    {
        IReadOnlyList<IClientInterceptor> interceptors = metadata is null ? [] : [new MetadataInterceptor(metadata)];
        var options = IsGrpc
            ? GrpcChannels.CreateOptions(Connect.Transport, interceptors, Limits, isJson)
            : new HawserChannelOptions { Transport = Connect.Transport, Interceptors = interceptors, Limits = Limits, Reconnect = ConnectSettings.Reconnect };
        return new ChannelOpening(Address, options);
    }
}
