using System.Buffers;

namespace Hawser.Grpc.Client;

/// <summary>Until the client is here: every call fails.</summary>
internal sealed class GrpcClient(Uri address, GrpcClientOptions grpc, HawserChannelOptions options) : WireClient
{
    internal GrpcClientOptions Grpc => grpc;

    internal HawserChannelOptions Options => options;

    internal override ValueTask<Connection> OpenAsync(CancellationToken cancellationToken) => throw Missing();

    internal override ValueTask<ClientCall> StartAsync(Method method, CallOptions options) => throw Missing();

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply) => throw Missing();

    public override ValueTask DisposeAsync() => default;

    private RpcException Missing() => new(StatusCode.Unavailable, $"{address} cannot be called yet.");
}
