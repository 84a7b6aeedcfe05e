using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Hawser.Grpc.Protocol;

/// <summary>The five bytes before every message: whether it is compressed, and its length.</summary>
/// <param name="Length">The length of what follows, in bytes.</param>
/// <param name="IsCompressed">Whether it is compressed.</param>
internal readonly record struct MessageHeader(int Length, bool IsCompressed)
{
    /// <summary>The size of a header, in bytes.</summary>
    internal const int Size = 5;

    /// <summary>Writes a header.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Write(Span<byte> destination, int length, bool isCompressed = false)
    {
        destination[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }

    /// <summary>Reads a header and refuses what may not follow it.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    /// <param name="maxMessageSize">The largest length that is taken.</param>
    /// <param name="mayBeCompressed">Whether the peer said how it compresses.</param>
    /// <param name="header">The header, if it is taken.</param>
    /// <returns>Null, or why the message is not taken.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Status? TryRead(ReadOnlySpan<byte> source, int maxMessageSize, bool mayBeCompressed, out MessageHeader header)
    {
        var flag = source[0];
        var length = BinaryPrimitives.ReadUInt32BigEndian(source[1..]);
        header = new MessageHeader((int)length, flag == 1);
        return length <= (uint)maxMessageSize && (flag == 0 || (flag == 1 && mayBeCompressed)) ? null : Refuse(flag, length, maxMessageSize);
    }

    /// <summary>The length in a header that has been accepted.</summary>
    internal static int LengthAt(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadInt32BigEndian(source[1..]);

    internal static Status TooLarge(long length, int maxMessageSize) => new(
        StatusCode.ResourceExhausted,
        $"The peer sent a message of {length} bytes; at most {maxMessageSize} are taken (ConnectionLimits.MaxMessageSize): raise the limit, or have it sent in parts or as octets.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Status Refuse(byte flag, uint length, int maxMessageSize) => flag switch
    {
        > 1 => new Status(StatusCode.Internal, $"The peer sent a message whose first byte is {flag}, where gRPC has 0 or 1."),
        1 when length <= (uint)maxMessageSize => new Status(StatusCode.Internal, $"The peer sent a compressed message without having named its compression in '{HeaderNames.Encoding}'."),
        _ => TooLarge(length, maxMessageSize),
    };
}
