using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Client;

/// <summary>One link to a gRPC server, as its user sees it. Calls made on it take any of the channel's links, and fail once this one has ended.</summary>
internal sealed class GrpcConnection(GrpcClient client, GrpcLink link) : Connection(client.Codec)
{
    public override string RemoteAddress => client.Peer;

    public override string LocalAddress => link.LocalAddress.Replace("tcp://", client.Peer[..(client.Peer.IndexOf("//", StringComparison.Ordinal) + 2)], StringComparison.Ordinal);

    public override X509Certificate2? RemoteCertificate => link.RemoteCertificate;

    public override CancellationToken Closed => link.Closed;

    public override Status? CloseStatus => link.EndReason is { } reason ? new Status(StatusCode.Unavailable, reason) : null;

    private protected override TimeProvider Clock => client.TimeProvider;

    private protected override ILogger Logger => client.Logger;

    /// <remarks>HTTP does not tell which call took which link: calls are the channel's. The round trip is not known.</remarks>
    public override ConnectionStatistics GetStatistics() =>
        new(client.CallsStarted, CallsServed: 0, client.CallsInFlight, link.BytesSent, link.BytesReceived, RoundTripTime: null);

    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) =>
        Refusal(method) is { } refusal ? ValueTask.FromException<ClientCall>(new RpcException(refusal) { NotRun = true }) : client.StartAsync(method, options);

    /// <remarks>HTTP/2 clients have no words for a reason, and cannot tell calls of one link from those of another: the link is closed at once, and calls on it are lost.</remarks>
    public override Task CloseAsync(Status reason, TimeSpan drain = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        link.Abort(reason.Text.Length == 0 ? "it was closed on purpose" : reason.Text.TrimEnd('.'));
        return Task.CompletedTask;
    }

    internal override PushOutcome TryPush(Method method, ReadOnlyMemory<byte> message, out Status? refusal)
    {
        refusal = link.IsOpen ? null : NotOpen();
        return link.IsOpen ? PushOutcome.TooLargeForNow : PushOutcome.Refused;
    }

    internal override void FlushPushes()
    {
    }

    internal override Task WaitForRoomAsync(int size) => Task.CompletedTask;

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (Refusal(method) is { } refusal)
            _ = FailAsync(reply, refusal);
        else
            client.StartUnary(method, options, request, hasRequest, reply);
    }

    internal override Status NotOpen() => new(StatusCode.Unavailable, $"The connection to {client.Peer} has ended: {link.EndReason}.");

    private static async Task FailAsync(UnaryReply reply, Status refusal)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        reply.Fail(refusal, notRun: true, Metadata.Empty, Metadata.Empty);
    }

    /// <summary>Why a call cannot be made on the connection; null when it can.</summary>
    private Status? Refusal(Method method)
    {
        if (!link.IsOpen)
            return new Status(StatusCode.Unavailable, $"{NotOpen().Text} The call was not run.");

        // HTTP makes calls only on connections that it has, and it gets this one when the callback has returned.
        return link.IsAccepted ? null : new Status(
            StatusCode.FailedPrecondition,
            $"'{method}' cannot be called by ConnectionOpened: over gRPC a connection carries calls only once that callback has accepted it. Give calls what they need as metadata (CallCredentials). The call was not run.");
    }
}
