namespace Hawser.Protobuf;

/// <summary>Fields that the schema does not know, tags included, as they came.</summary>
internal struct UnknownFieldBuffer
{
    private byte[]? bytes;
    private int count;

    internal readonly ReadOnlySpan<byte> Span => bytes.AsSpan(0, count);

    internal readonly ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, count);

    internal readonly int Count => count;

    internal void Append(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty)
            return;
        // Grows to fit at first: most messages that have unknown fields have one run of them.
        if (bytes is null)
            bytes = new byte[field.Length];
        else if (bytes.Length - count < field.Length)
            Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)count + field.Length, count * 2L)));
        field.CopyTo(bytes.AsSpan(count));
        count += field.Length;
    }

    internal void AppendVarint(uint tag, ulong value)
    {
        Span<byte> field = stackalloc byte[2 * WireFormat.MaxVarintBytes];
        var length = WireFormat.WriteVarint(field, tag);
        length += WireFormat.WriteVarint(field[length..], value);
        Append(field[..length]);
    }

    internal void Clear()
    {
        bytes = null;
        count = 0;
    }
}
