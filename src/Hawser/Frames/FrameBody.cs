using System.Text;

namespace Hawser.Frames;

/// <summary>Reads the parts of a frame's body, never past its end.</summary>
internal static class FrameBody
{
    public static ulong ReadNumber(ref ReadOnlySpan<byte> body)
    {
        var size = Varint.Read(body, out var value);
        if (size == 0)
            throw new ProtocolViolationException("A frame ends in the middle of a number.");
        body = body[size..];
        return value;
    }

    public static ReadOnlySpan<byte> ReadBytes(ref ReadOnlySpan<byte> body)
    {
        var length = ReadNumber(ref body);
        if (length > (ulong)body.Length)
            throw new ProtocolViolationException("A frame ends in the middle of a field.");
        var bytes = body[..(int)length];
        body = body[(int)length..];
        return bytes;
    }

    public static string ReadText(ref ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(ReadBytes(ref body));

    public static void ExpectEnd(ReadOnlySpan<byte> body, FrameType type)
    {
        if (!body.IsEmpty)
            throw new ProtocolViolationException($"A {type} frame has {body.Length} bytes behind its last field.");
    }
}
