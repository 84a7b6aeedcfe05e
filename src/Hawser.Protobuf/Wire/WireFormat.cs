using System.Numerics;

namespace Hawser.Protobuf;

/// <summary>Varints and zigzag, as the protobuf encoding has them.</summary>
internal static class WireFormat
{
    internal const int MaxVarintBytes = 10;
    internal const int MaxTagBytes = 5;

    internal static int VarintLength(ulong value) => ((BitOperations.Log2(value | 1) * 9) + 73) >> 6;

    internal static int WriteVarint(Span<byte> target, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[length++] = (byte)value;
        return length;
    }

    internal static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    internal static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    internal static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    internal static int UnZigZag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    /// <summary>How a number is written as a varint: 32-bit integers with their sign extended to 64 bits, `sint` as zigzag.</summary>
    internal static ulong ToVarint(FieldKind kind, long bits) => kind switch
    {
        FieldKind.SInt64 => ZigZag(bits),
        FieldKind.SInt32 => ZigZag((int)bits),
        _ => (ulong)bits,
    };

    /// <summary>What a varint means: 32-bit integers take its low bits, a bool whether any bit is set.</summary>
    internal static long FromVarint(FieldKind kind, ulong varint) => kind switch
    {
        FieldKind.Int32 or FieldKind.Enum => (int)varint,
        FieldKind.UInt32 => (uint)varint,
        FieldKind.SInt32 => UnZigZag((uint)varint),
        FieldKind.SInt64 => UnZigZag(varint),
        FieldKind.Bool => varint != 0 ? 1 : 0,
        _ => (long)varint,
    };
}
