using System.Buffers;

namespace Hawser.Frames;

/// <summary>Pooled arrays that grow with what arrives, never with what is announced.</summary>
internal static class PooledArrays
{
    /// <summary>Adds bytes behind others, moving them to a larger array when they do not fit.</summary>
    /// <param name="array">A rented array, or null for the first bytes.</param>
    /// <param name="used">How much of it is in use.</param>
    /// <param name="bytes">What is added.</param>
    /// <param name="most">The most that will ever be in it.</param>
    /// <returns>The array that holds them now; the old one has been given back if it is another.</returns>
    public static byte[] Append(byte[]? array, int used, ReadOnlySpan<byte> bytes, int most)
    {
        var needed = used + bytes.Length;
        if (array is null || array.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(most, 2L * used)));
            array?.AsSpan(0, used).CopyTo(larger);
            if (array is not null)
                ArrayPool<byte>.Shared.Return(array);
            array = larger;
        }

        bytes.CopyTo(array.AsSpan(used));
        return array;
    }
}
