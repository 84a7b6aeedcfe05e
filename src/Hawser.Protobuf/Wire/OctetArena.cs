namespace Hawser.Protobuf;

/// <summary>Where the texts and bytes of a message are copied to while it is read: one after the other into few arrays, instead of an array for each.</summary>
internal struct OctetArena
{
    // A text that somebody keeps keeps its whole chunk.
    private const int LargestChunk = 8 * 1024;

    // From here on a text gets an array of its own when the chunk has no room for it.
    private const int Large = LargestChunk / 4;

    private byte[]? chunk;
    private int used;

    /// <summary>Copies bytes.</summary>
    /// <param name="octets">The bytes.</param>
    /// <param name="stillToCome">How many bytes of input are left after these: no chunk is larger than what can come.</param>
    internal FieldValue Copy(scoped ReadOnlySpan<byte> octets, int stillToCome)
    {
        octets.CopyTo(Take(octets.Length, stillToCome, out var value));
        return value;
    }

    /// <summary>Makes room for bytes, to be filled by the caller.</summary>
    /// <param name="count">How many.</param>
    /// <param name="stillToCome">How many bytes of input are left after these.</param>
    /// <param name="value">The bytes as a value.</param>
    internal Span<byte> Take(int count, int stillToCome, out FieldValue value)
    {
        if (chunk is null || chunk.Length - used < count)
        {
            if (count is 0 or >= Large)
            {
                var own = count == 0 ? [] : GC.AllocateUninitializedArray<byte>(count);
                value = new FieldValue(own, 0, count);
                return own;
            }

            var size = (int)Math.Min(LargestChunk, (long)count + stillToCome);
            chunk = GC.AllocateUninitializedArray<byte>(size);
            used = 0;
        }

        value = new FieldValue(chunk, used, count);
        used += count;
        return chunk.AsSpan(used - count, count);
    }
}
