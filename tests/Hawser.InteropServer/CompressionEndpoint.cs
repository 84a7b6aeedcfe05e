using System.Buffers;
using Google.Protobuf;

namespace Hawser.Interop.Server;

/// <summary>A method that looks at what arrives compressed, and chooses for each message it sends: a handler sees messages, an endpoint also how they travel.</summary>
internal abstract class CompressionEndpoint(Method method) : Endpoint(method)
{
    protected static void CheckCompression(ServerCall call, BoolValue? expected)
    {
        if (expected is { Value: true } && !call.IsMessageCompressed)
            throw new RpcException(StatusCode.InvalidArgument, "The message was to arrive compressed, and did not.");
    }

    /// <summary>Sends a message, compressed if that is wanted.</summary>
    protected static ValueTask WriteAsync(ServerCall call, IMessage message, BoolValue? compressed) =>
        call.WriteAsync(new ReadOnlySequence<byte>(message.ToByteArray()), compressed is { Value: true } ? WriteFlags.None : WriteFlags.NoCompress);
}
