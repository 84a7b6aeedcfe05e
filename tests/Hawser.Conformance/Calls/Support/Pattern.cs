namespace Hawser.Conformance.Calls;

/// <summary>Bytes of which every one depends on its place, so that a shifted, lost or doubled one shows.</summary>
public static class Pattern
{
    public static byte[] Bytes(int length, int seed = 0)
    {
        var bytes = new byte[length];
        Fill(bytes, 0, seed);
        return bytes;
    }

    public static void Fill(Span<byte> bytes, long offset, int seed = 0)
    {
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = At(offset + i, seed);
    }

    public static byte At(long offset, int seed = 0) => (byte)((offset * 31) + (offset >> 8) + seed);

    /// <summary>Reads a stream to its end and checks that it is the pattern.</summary>
    /// <returns>Its length.</returns>
    public static async Task<long> ReadAsync(Stream stream, int seed = 0)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] != At(total + i, seed))
                    throw new InvalidDataException($"Octet {total + i} is {buffer[i]} instead of {At(total + i, seed)}.");
            }

            total += count;
        }

        return total;
    }
}
