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
        if (octets.IsEmpty)
            return new FieldValue([], 0, 0);
        if (chunk is null || chunk.Length - used < octets.Length)
        {
            if (octets.Length >= Large)
                return new FieldValue(octets.ToArray(), 0, octets.Length);
            var size = (int)Math.Min(LargestChunk, (long)octets.Length + stillToCome);
            chunk = GC.AllocateUninitializedArray<byte>(size);
            used = 0;
        }

        var start = used;
        octets.CopyTo(chunk.AsSpan(start));
        used = start + octets.Length;
        return new FieldValue(chunk, start, octets.Length);
    }
}
