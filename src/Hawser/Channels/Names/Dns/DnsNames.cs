using System.Buffers.Binary;
using System.Text;

namespace Hawser;

/// <summary>Domain names as they are in DNS messages: labels with their lengths, and pointers back to names that came before. Source: RFC 1035, sections 3.1 and 4.1.4.</summary>
internal static class DnsNames
{
    private const int MaxLabel = 63;
    private const int MaxName = 255;
    private const byte Pointer = 0xC0;

    /// <summary>Writes a name.</summary>
    /// <returns>How many bytes it takes; at most 255.</returns>
    /// <exception cref="IOException">It is no name that DNS can carry.</exception>
    public static int Write(string name, Span<byte> destination)
    {
        var at = 0;
        foreach (var label in name.TrimEnd('.').Split('.'))
        {
            if (label.Length is 0 or > MaxLabel || at + label.Length + 2 > MaxName || !Ascii.IsValid(label))
                throw new IOException($"The name '{name}' is none that DNS can look up: labels have 1 to {MaxLabel} ASCII characters, and all together at most {MaxName - 2}.");
            destination[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, destination[at..]);
        }

        destination[at++] = 0;
        return at;
    }

    /// <summary>Reads a name, in lower case and without the last dot.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="at">Where the name begins; afterwards where it ends.</param>
    /// <exception cref="DnsFormatException">It is cut off, too long, or goes round in a circle.</exception>
    public static string Read(ReadOnlySpan<byte> message, ref int at)
    {
        var name = new StringBuilder();
        var position = at;
        var end = -1;
        var size = 1;

        // A pointer leads back only, further than any before it, so that none can go round.
        var limit = at;
        while (true)
        {
            var length = ByteAt(message, position++);
            if (length == 0)
                break;
            if ((length & Pointer) == Pointer)
            {
                var target = ((length & ~Pointer) << 8) | ByteAt(message, position++);
                if (end < 0)
                    end = position;
                if (target >= limit)
                    throw new DnsFormatException("a name points forward");
                limit = position = target;
                continue;
            }

            if (length > MaxLabel || position + length > message.Length)
                throw new DnsFormatException("a label is longer than it may be");
            size += length + 1;
            if (size > MaxName)
                throw new DnsFormatException("a name is longer than 255 bytes");
            if (name.Length > 0)
                name.Append('.');
            Append(name, message.Slice(position, length));
            position += length;
        }

        at = end < 0 ? position : end;
        return name.ToString();
    }

    /// <summary>Reads a number of two bytes.</summary>
    public static int ReadNumber(ReadOnlySpan<byte> message, ref int at)
    {
        if (message.Length - at < 2)
            throw new DnsFormatException("the message is cut off");
        at += 2;
        return BinaryPrimitives.ReadUInt16BigEndian(message[(at - 2)..]);
    }

    private static int ByteAt(ReadOnlySpan<byte> message, int at) => at < message.Length ? message[at] : throw new DnsFormatException("a name is cut off");

    private static void Append(StringBuilder name, ReadOnlySpan<byte> label)
    {
        foreach (var one in label)
        {
            // Within a label a dot is no dot between labels.
            if (one == '.')
                name.Append('\\');
            name.Append(char.ToLowerInvariant((char)one));
        }
    }
}
