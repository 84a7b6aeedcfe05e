using Google.Protobuf;
using Hawser.Grpc.Health.Messages;

namespace Hawser.Grpc.Health;

/// <summary>Reads the only request of a health call.</summary>
internal static class HealthRequest
{
    /// <exception cref="RpcException">There is none, or it is none (<see cref="StatusCode.InvalidArgument"/>).</exception>
    internal static async ValueTask<string> ReadServiceAsync(ServerCall call)
    {
        if (!await call.ReadAsync().ConfigureAwait(false))
            throw new RpcException(StatusCode.InvalidArgument, $"'{call.Method}' takes one message, and none came.");
        try
        {
            return HealthCheckRequest.Parser.ParseFrom(call.Message).Service;
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The request is no health request: {failure.Message}"), trailers: null, failure);
        }
    }
}
