using System.Buffers;
using System.Buffers.Binary;

namespace Hawser.Bench.Grpc;

/// <summary>The methods that the peer <c>grpcgo</c> serves and calls too: raw bytes, so that no protobuf is measured.</summary>
internal static class GrpcEndpoints
{
    public const string Ping = "Quickstart/Ping";
    public const string Flood = "Quickstart/Flood";

    public static void MapTo(EndpointRegistry endpoints)
    {
        endpoints.Map(Ping, (ReadOnlySequence<byte> request) => request);
        endpoints.Map(Flood, (byte[] request) => Answer(BinaryPrimitives.ReadInt32BigEndian(request), BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(4))));
    }

    /// <summary>What asks for a stream: how many messages of how many bytes, two big-endian 32-bit numbers.</summary>
    public static byte[] FloodRequest(int messages, int bytes)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, messages);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), bytes);
        return request;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Answer(int messages, int bytes)
    {
        var message = new byte[bytes];
        for (var i = 0; i < messages; i++)
            yield return message;
        await ValueTask.CompletedTask;
    }
}
