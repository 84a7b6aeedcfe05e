using System.Buffers;
using System.Threading.Channels;
using Google.Protobuf;
using Hawser.Grpc.Health.Messages;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Health;

/// <summary>Answers <c>grpc.health.v1.Health/Watch</c>: the status at once, and again whenever it is another, until the caller or the server goes.</summary>
internal sealed class HealthWatchEndpoint(ServedHealth health)
    : Endpoint(new Method("grpc.health.v1.Health/Watch", Body.Message, Body.Stream) { Codec = GrpcContentType.ProtobufCodec })
{
    public override Type? RequestType => typeof(HealthCheckRequest);

    public override Type? ResponseType => typeof(HealthCheckResponse);

    public override async ValueTask InvokeAsync(ServerCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var service = await HealthRequest.ReadServiceAsync(call).ConfigureAwait(false);

        // Room for one: that something changed is all there is to know, however often it did.
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var subscription = health.Subscribe(() => changes.Writer.TryWrite(true));
        HealthCheckResponse.Types.ServingStatus? told = null;
        while (true)
        {
            var isFinal = health.IsFinal;
            var status = health.StatusOf(service);
            if (status != told)
                await call.WriteAsync(new ReadOnlySequence<byte>(new HealthCheckResponse { Status = status }.ToByteArray())).ConfigureAwait(false);
            told = status;
            if (isFinal)
                throw new RpcException(StatusCode.Unavailable, "The server is stopping.");
            await changes.Reader.ReadAsync(call.CancellationToken).ConfigureAwait(false);
        }
    }
}
