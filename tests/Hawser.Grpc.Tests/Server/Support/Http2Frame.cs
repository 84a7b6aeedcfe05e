using System.Text;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>The types of HTTP/2 frames that tests write or look for (RFC 9113, 6).</summary>
internal enum Http2FrameType : byte
{
    Data = 0,
    Headers = 1,
    ResetStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

/// <summary>One HTTP/2 frame.</summary>
internal sealed record Http2Frame(Http2FrameType Type, byte Flags, int StreamId, byte[] Payload)
{
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;
    public const byte Acknowledgement = 1;

    public bool EndsStream => Type is Http2FrameType.Data or Http2FrameType.Headers && (Flags & EndStream) != 0;

    /// <summary>Whether a header block has a header, written as a literal. The peer's dynamic table has no room, and Kestrel does not use Huffman's code.</summary>
    public bool HasHeader(string name, string value)
    {
        byte[] literal = [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
        return Payload.AsSpan().IndexOf(literal) >= 0;
    }
}
