using System.Buffers;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Grpc.Client;

/// <summary>One link to a gRPC server, as its user sees it. Calls made on it take any of the channel's links, and fail once this one has ended.</summary>
internal sealed class GrpcConnection(GrpcClient client, GrpcLink link) : Connection(client.Codec)
{
    public override string RemoteAddress => client.Peer;

    public override string LocalAddress => link.LocalAddress.Replace("tcp://", client.Peer[..(client.Peer.IndexOf("//", StringComparison.Ordinal) + 2)], StringComparison.Ordinal);

    public override X509Certificate2? RemoteCertificate => link.RemoteCertificate;

    public override CancellationToken Closed => link.Closed;

    /// <remarks>HTTP does not tell which call took which link: calls are the channel's. The round trip is not known.</remarks>
    public override ConnectionStatistics GetStatistics() =>
        new(client.CallsStarted, CallsServed: 0, client.CallsInFlight, link.BytesSent, link.BytesReceived, RoundTripTime: null);

    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) =>
        link.IsOpen ? client.StartAsync(method, options) : ValueTask.FromException<ClientCall>(new RpcException(Ended()) { NotRun = true });

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (link.IsOpen)
            client.StartUnary(method, options, request, hasRequest, reply);
        else
            _ = FailAsync(reply);
    }

    private async Task FailAsync(UnaryReply reply)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        reply.Fail(Ended(), notRun: true, Metadata.Empty, Metadata.Empty);
    }

    private Status Ended() => new(StatusCode.Unavailable, $"The connection to {client.Peer} has ended. The call was not run.");
}
