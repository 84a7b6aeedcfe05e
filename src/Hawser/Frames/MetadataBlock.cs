using System.Text;

namespace Hawser.Frames;

/// <summary>Metadata as it stands in frames: a count, then keys and values, each with its length before it.</summary>
internal static class MetadataBlock
{
    public static int SizeOf(Metadata metadata)
    {
        var size = Varint.SizeOf((ulong)metadata.Count);
        foreach (var entry in metadata)
        {
            size += Sized(entry.Key.Length) + Sized(entry.Value?.Length ?? entry.Bytes.Length);
        }

        return size;
    }

    public static int Write(Span<byte> output, Metadata metadata)
    {
        var size = Varint.Write(output, (ulong)metadata.Count);
        foreach (var entry in metadata)
        {
            size += Varint.Write(output[size..], (ulong)entry.Key.Length);
            size += Encoding.ASCII.GetBytes(entry.Key, output[size..]);
            if (entry.Value is { } text)
            {
                size += Varint.Write(output[size..], (ulong)text.Length);
                size += Encoding.ASCII.GetBytes(text, output[size..]);
            }
            else
            {
                size += Varint.Write(output[size..], (ulong)entry.Bytes.Length);
                entry.Bytes.Span.CopyTo(output[size..]);
                size += entry.Bytes.Length;
            }
        }

        return size;
    }

    /// <summary>Reads a block and moves the input behind it.</summary>
    /// <exception cref="ProtocolViolationException">The block is cut short, or a key or value is not allowed.</exception>
    public static Metadata Read(ref ReadOnlySpan<byte> input)
    {
        var count = FrameBody.ReadNumber(ref input);
        if (count == 0)
            return Metadata.Empty;
        var metadata = new Metadata();
        for (ulong i = 0; i < count; i++)
        {
            var key = FrameBody.ReadBytes(ref input);
            var value = FrameBody.ReadBytes(ref input);
            if (metadata.TryAddFromPeer(key, value) is { } wrong)
                throw new ProtocolViolationException($"In metadata, {wrong}.");
        }

        return metadata;
    }

    private static int Sized(int length) => Varint.SizeOf((ulong)length) + length;
}
