using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Hawser.Protobuf;

/// <summary>Reads the primitives of the protobuf encoding; refuses what is malformed with the place where it is.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> buffer = buffer;

    /// <summary>The place of the next byte.</summary>
    internal int Position;

    /// <summary>Where the innermost message or packed field ends.</summary>
    internal int End = buffer.Length;

    /// <summary>How many bytes are left of everything, not only of the innermost message.</summary>
    internal readonly int RemainingInput => buffer.Length - Position;

    internal readonly bool IsAtEnd => Position >= End;

    internal readonly ReadOnlySpan<byte> Slice(int start, int end) => buffer[start..end];

    internal uint ReadTag()
    {
        var position = Position;
        if ((uint)position < (uint)buffer.Length && buffer[position] is var first and < 0x80)
        {
            Position = position + 1;
            return CheckTag(first, position);
        }

        var value = ReadVarintSlowly();
        if (value > uint.MaxValue || Position - position > WireFormat.MaxTagBytes)
            throw Malformed("a tag has more than 32 bits", position);
        return CheckTag((uint)value, position);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong ReadVarint()
    {
        var position = Position;
        if (position < End && (uint)position < (uint)buffer.Length && buffer[position] is var first and < 0x80)
        {
            Position = position + 1;
            return first;
        }

        return ReadVarintSlowly();
    }

    internal uint ReadFixed32()
    {
        var position = Take(4, "a 32-bit number");
        return BinaryPrimitives.ReadUInt32LittleEndian(buffer[position..]);
    }

    internal ulong ReadFixed64()
    {
        var position = Take(8, "a 64-bit number");
        return BinaryPrimitives.ReadUInt64LittleEndian(buffer[position..]);
    }

    /// <summary>The bytes behind a length.</summary>
    internal ReadOnlySpan<byte> ReadOctets()
    {
        var length = ReadLength();
        var start = Position;
        Position = start + length;
        return buffer.Slice(start, length);
    }

    /// <summary>A length, which never reaches beyond the end of what contains it.</summary>
    internal int ReadLength()
    {
        var start = Position;
        var length = ReadVarint();
        if (length > (uint)(End - Position))
            throw Malformed($"the length {length} goes beyond the end of what contains it, which has {End - Position} bytes left", start);
        return (int)length;
    }

    /// <summary>Passes over the value behind a tag, groups included.</summary>
    internal void Skip(uint tag, int depthLeft)
    {
        switch (tag & 7)
        {
            case WireTypes.Varints:
                ReadVarint();
                break;
            case WireTypes.EightBytes:
                Take(8, "a 64-bit number");
                break;
            case WireTypes.LengthDelimited:
                // Read first: the length itself moves the position.
                var length = ReadLength();
                Position += length;
                break;
            case WireTypes.StartGroup:
                SkipGroup(tag, depthLeft);
                break;
            case WireTypes.FourBytes:
                Take(4, "a 32-bit number");
                break;
            default:
                throw Malformed("a group ends that was not begun", Position);
        }
    }

    [DoesNotReturn]
    internal readonly void ThrowTooDeep() => throw Malformed("messages nest deeper than the limit (ProtobufReadOptions.MaxDepth)", Position);

    internal static ProtobufFormatException Malformed(string reason, int offset) => new(reason, "", offset);

    private void SkipGroup(uint startTag, int depthLeft)
    {
        var start = Position;
        if (depthLeft <= 0)
            ThrowTooDeep();
        while (!IsAtEnd)
        {
            var tagStart = Position;
            var tag = ReadTag();
            if ((tag & 7) != WireTypes.EndGroup)
                Skip(tag, depthLeft - 1);
            else if (tag >> 3 == startTag >> 3)
                return;
            else
                throw Malformed($"the group {startTag >> 3} ends as group {tag >> 3}", tagStart);
        }

        throw Malformed($"the group {startTag >> 3} does not end", start);
    }

    private int Take(int count, string what)
    {
        var position = Position;
        if (End - position < count)
            throw Malformed($"{what} is cut off", position);
        Position = position + count;
        return position;
    }

    private static uint CheckTag(uint tag, int position)
    {
        if (tag < 8)
            throw Malformed("a tag has the field number 0", position);
        return (tag & 7) <= WireTypes.FourBytes ? tag : throw Malformed($"a tag has the wire type {tag & 7}, which does not exist", position);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadVarintSlowly()
    {
        var start = Position;
        var bytes = buffer[start..End];
        ulong value = 0;
        var count = Math.Min(bytes.Length, WireFormat.MaxVarintBytes);
        for (var i = 0; i < count; i++)
        {
            var next = bytes[i];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                Position = start + i + 1;
                return value;
            }
        }

        throw count == WireFormat.MaxVarintBytes
            ? Malformed($"a varint has more than {WireFormat.MaxVarintBytes} bytes", start)
            : Malformed("a varint is cut off", start);
    }
}
