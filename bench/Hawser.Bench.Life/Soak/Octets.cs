using System.Numerics;

namespace Hawser.Bench.Life.Soak;

/// <summary>Octets to send, and their checksum.</summary>
internal static class Octets
{
    private static readonly byte[] All = Create(2 * 1024 * 1024);

    /// <summary>Some of them.</summary>
    public static byte[] Take(Random random)
    {
        var from = random.Next(All.Length / 2);
        return All[from..(from + random.Next(All.Length / 2))];
    }

    public static async Task<uint> ChecksumAsync(Stream octets)
    {
        var buffer = new byte[32 * 1024];
        var checksum = 0u;
        while (await octets.ReadAsync(buffer) is var count and > 0)
            checksum = Checksum(buffer.AsSpan(0, count), checksum);
        return checksum;
    }

    public static uint Checksum(ReadOnlySpan<byte> bytes, uint checksum = 0)
    {
        foreach (var one in bytes)
            checksum = BitOperations.Crc32C(checksum, one);
        return checksum;
    }

    private static byte[] Create(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
