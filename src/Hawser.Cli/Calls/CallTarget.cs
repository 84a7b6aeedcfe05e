using Hawser.Cli.Grpc;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Calls;

/// <summary>What a client command is pointed at: a method of a node, and how it is called.</summary>
/// <param name="Address">Where the node is.</param>
/// <param name="Method">The method's full name.</param>
/// <param name="Connect">How the node is reached.</param>
internal sealed record CallTarget(string Address, string Method, ConnectSettings Connect) : Peer(Address, Connect)
{
    /// <summary>What is sent with the call, and with questions about the method; null for none.</summary>
    public Metadata? Metadata { get; init; }

    /// <summary>What the user said about the method's messages.</summary>
    public ProtoSettings Messages { get; init; } = ProtoSettings.Default;

    /// <summary>Connects.</summary>
    /// <exception cref="CommandException">Nobody can be reached.</exception>
    /// <exception cref="RpcException">The deadline passed first.</exception>
    public Task<HawserChannel> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Messages.HasFiles && !IsGrpc)
            throw new CommandException(ExitCode.Usage, $"--proto and --descriptor-set are for grpc:// and grpcs://, not for {Address}.");
        return OpenAsync(Metadata, Messages.IsJson, cancellationToken);
    }

    /// <summary>What the node, or the file that the user named, says about the method; null when nobody tells.</summary>
    /// <exception cref="CommandException">A file is missing or wrong, or does not have the method.</exception>
    /// <exception cref="RpcException">The server does not have the method, or the deadline passed.</exception>
    public async Task<CalledMethod?> DescribeAsync(HawserChannel channel, CancellationToken cancellationToken) => IsGrpc
        ? await WithinDeadlineAsync(token => GrpcMethods.FindAsync(this, channel, token), $"{Address} did not describe {Method}", cancellationToken)
        : await DescribeByNodeAsync(channel, cancellationToken);

    /// <summary>What a node of Hawser says about the method, octets included; null when it does not tell, or does not have it.</summary>
    public async Task<CalledMethod?> DescribeByNodeAsync(HawserChannel channel, CancellationToken cancellationToken)
    {
        var description = await Reflection.FindAsync(channel, Method, new CallOptions { Timeout = Connect.Deadline, CancellationToken = cancellationToken });
        return description is null ? null : new CalledMethod(IsGrpc ? description with { Codec = JsonCodec.Default.Name } : description, JsonFormat.Instance, IsDescribed: true);
    }

    /// <summary>What a node says about a method with octets; null when it does not tell, or does not have it.</summary>
    /// <exception cref="RpcException">The other end is a gRPC server that does not know octets, or this method.</exception>
    public async Task<CalledMethod?> DescribeOctetsAsync(HawserChannel channel, CancellationToken cancellationToken)
    {
        var described = await DescribeByNodeAsync(channel, cancellationToken);
        return described is null && IsGrpc
            ? throw new RpcException(StatusCode.Unimplemented, $"{Address} says nothing of octets at '{Method}': over gRPC only nodes of Hawser know them. 'hawser call' moves messages.")
            : described;
    }

    public CallOptions CreateOptions(CancellationToken cancellationToken) =>
        new() { Metadata = Metadata, Timeout = Connect.Deadline, WaitForReady = Connect.WaitForReady ? true : null, CancellationToken = cancellationToken };
}
