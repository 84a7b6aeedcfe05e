using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Hawser.Node;

/// <summary>CRC-32C (Castagnoli, as in iSCSI and ext4), computed while the bytes come in.</summary>
/// <remarks>
/// The processor's instruction takes eight bytes and three cycles, but can start one every cycle: three runs of a block side by side keep it busy, and
/// their results are joined by what a run of zero bytes does to a checksum, which a table knows. Not safe for use by two threads at once.
/// </remarks>
public struct Crc32C
{
    private const uint ReversedPolynomial = 0x82F63B78;

    // Long enough that joining costs next to nothing, short enough that three runs stay in the first-level cache.
    private const int RunLength = 4096;

    private static readonly uint[] AfterOneRunOfZeros = BuildZerosTable(RunLength);

    private uint inverted;

    /// <summary>The checksum of all bytes so far; 0 when there were none.</summary>
    public readonly uint Value => inverted;

    /// <summary>The checksum of one buffer.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The checksum; 0xE3069283 for the ASCII text <c>123456789</c>.</returns>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var checksum = default(Crc32C);
        checksum.Append(bytes);
        return checksum.Value;
    }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = ~inverted;
        while (bytes.Length >= 3 * RunLength)
        {
            crc = AppendThreeRuns(crc, bytes);
            bytes = bytes[(3 * RunLength)..];
        }

        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        inverted = ~crc;
    }

    private static uint AppendThreeRuns(uint crc, ReadOnlySpan<byte> bytes)
    {
        var first = MemoryMarshal.Cast<byte, ulong>(bytes[..RunLength]);
        var second = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(RunLength, RunLength))[..first.Length];
        var third = MemoryMarshal.Cast<byte, ulong>(bytes.Slice(2 * RunLength, RunLength))[..first.Length];
        uint crc2 = 0, crc3 = 0;
        for (var i = 0; i < first.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, LittleEndian(first[i]));
            crc2 = BitOperations.Crc32C(crc2, LittleEndian(second[i]));
            crc3 = BitOperations.Crc32C(crc3, LittleEndian(third[i]));
        }

        return PassOneRunOfZeros(PassOneRunOfZeros(crc) ^ crc2) ^ crc3;
    }

    private static ulong LittleEndian(ulong value) => BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    private static uint PassOneRunOfZeros(uint crc)
    {
        var table = AfterOneRunOfZeros;
        return table[crc & 0xFF] ^ table[256 + ((crc >> 8) & 0xFF)] ^ table[512 + ((crc >> 16) & 0xFF)] ^ table[768 + (crc >> 24)];
    }

    /// <summary>For every value of each of the four bytes of a checksum: what it becomes after so many zero bytes. The map is linear, so the four are added by XOR.</summary>
    private static uint[] BuildZerosTable(int zeros)
    {
        var afterBit = new uint[32];
        for (var bit = 0; bit < 32; bit++)
        {
            var crc = 1u << bit;
            for (var step = 0; step < zeros * 8; step++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ ReversedPolynomial : crc >> 1;
            afterBit[bit] = crc;
        }

        var table = new uint[4 * 256];
        for (var i = 0; i < table.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if ((i & (1 << bit)) != 0)
                    table[i] ^= afterBit[((i >> 8) * 8) + bit];
            }
        }

        return table;
    }
}
