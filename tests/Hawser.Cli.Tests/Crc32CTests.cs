using Hawser.Node;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_standard_comes_out() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Fact]
    public void Nothing_has_the_checksum_zero() => Assert.Equal(0u, Crc32C.Compute([]));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(4095)]
    [InlineData(12287)]
    [InlineData(12288)]
    [InlineData(12289)]
    [InlineData(100_003)]
    public void Any_length_gives_what_a_table_gives(int length)
    {
        var bytes = RandomBytes(length);
        Assert.Equal(ByTable(bytes), Crc32C.Compute(bytes));
    }

    [Fact]
    public void It_does_not_matter_how_the_bytes_are_cut()
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            var bytes = RandomBytes(random.Next(60_000));
            var checksum = default(Crc32C);
            for (var rest = bytes.AsSpan(); rest.Length > 0;)
            {
                var cut = random.Next(1, Math.Min(rest.Length, 30_000) + 1);
                checksum.Append(rest[..cut]);
                rest = rest[cut..];
            }

            Assert.Equal(ByTable(bytes), checksum.Value);
        }
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The plain way, bit by bit in a table of 256.</summary>
    private static uint ByTable(ReadOnlySpan<byte> bytes)
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? (value >> 1) ^ 0x82F63B78 : value >> 1;
            table[i] = value;
        }

        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = (crc >> 8) ^ table[(byte)(crc ^ b)];
        return ~crc;
    }
}
