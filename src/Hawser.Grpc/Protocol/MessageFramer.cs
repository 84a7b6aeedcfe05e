using System.Buffers;

namespace Hawser.Grpc.Protocol;

/// <summary>Cuts a body into messages where it was read; nothing is copied. Holds no bytes, so that it can be used over any buffer.</summary>
/// <param name="maxMessageSize">The largest message that is taken, in bytes as they travel.</param>
/// <param name="mayBeCompressed">Whether the peer said how it compresses.</param>
internal readonly struct MessageFramer(int maxMessageSize, bool mayBeCompressed)
{
    /// <summary>Takes the first whole message off a buffer.</summary>
    /// <param name="buffer">What has arrived; what is left of it afterwards begins behind the message. Untouched when there is no whole message.</param>
    /// <param name="message">The message, within the buffer.</param>
    /// <param name="isCompressed">Whether it is compressed.</param>
    /// <param name="wrong">Why the message is refused, as soon as its header is there; null when it is not.</param>
    /// <returns>Whether there is a whole message.</returns>
    internal bool TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> message, out bool isCompressed, out Status? wrong)
    {
        message = default;
        isCompressed = false;
        wrong = null;
        if (buffer.FirstSpan.Length < MessageHeader.Size && buffer.Length < MessageHeader.Size)
            return false;
        wrong = ReadHeader(buffer, out var header);
        if (wrong is not null)
            return false;
        if (buffer.Length - MessageHeader.Size < header.Length)
            return false;
        var end = buffer.GetPosition(MessageHeader.Size + (long)header.Length);
        message = buffer.Slice(buffer.GetPosition(MessageHeader.Size), end);
        isCompressed = header.IsCompressed;
        buffer = buffer.Slice(end);
        return true;
    }

    /// <summary>What is wrong with a body that ended with these bytes left over, or null.</summary>
    internal static Status? CheckEnd(long left) => left == 0
        ? null
        : new Status(StatusCode.Internal, $"The peer ended the stream in the middle of a message, after {left} bytes of it.");

    private Status? ReadHeader(in ReadOnlySequence<byte> buffer, out MessageHeader header)
    {
        var first = buffer.FirstSpan;
        if (first.Length >= MessageHeader.Size)
            return MessageHeader.TryRead(first, maxMessageSize, mayBeCompressed, out header);
        Span<byte> bytes = stackalloc byte[MessageHeader.Size];
        buffer.Slice(0, MessageHeader.Size).CopyTo(bytes);
        return MessageHeader.TryRead(bytes, maxMessageSize, mayBeCompressed, out header);
    }
}
