using System.Buffers;
using Google.Protobuf;
using Hawser.Grpc.Health.Messages;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Health;

/// <summary>Answers <c>grpc.health.v1.Health/Check</c>.</summary>
internal sealed class HealthCheckEndpoint(ServedHealth health) : Endpoint(new Method("grpc.health.v1.Health/Check") { Codec = GrpcContentType.ProtobufCodec })
{
    public override Type? RequestType => typeof(HealthCheckRequest);

    public override Type? ResponseType => typeof(HealthCheckResponse);

    public override async ValueTask InvokeAsync(ServerCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var service = await HealthRequest.ReadServiceAsync(call).ConfigureAwait(false);
        var status = health.StatusOf(service);
        if (status == HealthCheckResponse.Types.ServingStatus.ServiceUnknown)
            throw new RpcException(StatusCode.NotFound, $"No service '{service}' is served here, and no status was set for it.");
        await call.FinishAsync(new ReadOnlySequence<byte>(new HealthCheckResponse { Status = status }.ToByteArray())).ConfigureAwait(false);
    }
}
