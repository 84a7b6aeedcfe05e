using System.Buffers.Binary;

namespace Hawser.Frames;

/// <summary>Unsigned integers of 1, 2, 4 or 8 bytes, the two top bits telling which.</summary>
/// <remarks>Source: RFC 9000, section 16. As there, a longer form than needed is valid.</remarks>
internal static class Varint
{
    public const int MaxSize = 8;
    public const ulong MaxValue = (1UL << 62) - 1;

    public static int SizeOf(ulong value) => value switch
    {
        < 1UL << 6 => 1,
        < 1UL << 14 => 2,
        < 1UL << 30 => 4,
        _ => 8,
    };

    /// <summary>Writes the shortest form; there must be room for it.</summary>
    public static int Write(Span<byte> output, ulong value)
    {
        if (value < 1UL << 6)
        {
            output[0] = (byte)value;
            return 1;
        }

        if (value < 1UL << 14)
        {
            BinaryPrimitives.WriteUInt16BigEndian(output, (ushort)(value | 0x4000));
            return 2;
        }

        if (value < 1UL << 30)
        {
            BinaryPrimitives.WriteUInt32BigEndian(output, (uint)value | 0x8000_0000);
            return 4;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        BinaryPrimitives.WriteUInt64BigEndian(output, value | 0xC000_0000_0000_0000);
        return 8;
    }

    /// <summary>Writes the four-byte form, for a number that becomes known after what follows it.</summary>
    public static void WriteFixed4(Span<byte> output, uint value) => BinaryPrimitives.WriteUInt32BigEndian(output, value | 0x8000_0000);

    /// <summary>Reads one integer.</summary>
    /// <returns>The bytes it took; 0 when the input ends before it does.</returns>
    public static int Read(ReadOnlySpan<byte> input, out ulong value)
    {
        if (input.IsEmpty)
        {
            value = 0;
            return 0;
        }

        var first = input[0];
        if (first < 0x40)
        {
            value = first;
            return 1;
        }

        var size = 1 << (first >> 6);
        if (input.Length < size)
        {
            value = 0;
            return 0;
        }

        value = size switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(input) & 0x3FFFUL,
            4 => BinaryPrimitives.ReadUInt32BigEndian(input) & 0x3FFF_FFFFUL,
            _ => BinaryPrimitives.ReadUInt64BigEndian(input) & MaxValue,
        };
        return size;
    }
}
