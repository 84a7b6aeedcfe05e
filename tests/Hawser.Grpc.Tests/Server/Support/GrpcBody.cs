using System.Buffers.Binary;
using System.Text;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>Bodies of gRPC, made and read by hand, so that the product's own code is not tested against itself.</summary>
internal static class GrpcBody
{
    /// <summary>One message, with the five bytes before it.</summary>
    public static byte[] Of(ReadOnlySpan<byte> message, byte flag = 0) => [.. Header(message.Length, flag), .. message];

    public static byte[] Of(string message, byte flag = 0) => Of(Encoding.UTF8.GetBytes(message), flag);

    /// <summary>The five bytes before a message.</summary>
    public static byte[] Header(int length, byte flag = 0)
    {
        var header = new byte[5];
        header[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), length);
        return header;
    }

    /// <summary>Cuts a body into frames: the first byte and what follows it.</summary>
    public static IReadOnlyList<(byte Flag, byte[] Bytes)> Read(byte[] body)
    {
        var frames = new List<(byte Flag, byte[] Bytes)>();
        for (var at = 0; at < body.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            frames.Add((body[at], body[(at + 5)..(at + 5 + length)]));
            at += 5 + length;
        }

        return frames;
    }
}
