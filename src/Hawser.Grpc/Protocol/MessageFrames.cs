using System.Buffers;

namespace Hawser.Grpc.Protocol;

/// <summary>Writes whole messages, header and all, one behind the other.</summary>
internal static class MessageFrames
{
    /// <summary>Appends a message. Nothing is never compressed: it would become more, and some peers cannot read it.</summary>
    /// <param name="buffer">Takes it.</param>
    /// <param name="message">The message.</param>
    /// <param name="encoding">What it is compressed with; null for nothing.</param>
    internal static void Append(PooledBuffer buffer, in ReadOnlySequence<byte> message, MessageEncoding? encoding)
    {
        var start = buffer.Length;
        if (encoding is null || message.IsEmpty)
        {
            var length = (int)message.Length;
            var room = buffer.GetSpan(MessageHeader.Size + length);
            MessageHeader.Write(room, length);
            message.CopyTo(room[MessageHeader.Size..]);
            buffer.Advance(MessageHeader.Size + length);
            return;
        }

        buffer.GetSpan(MessageHeader.Size);
        buffer.Advance(MessageHeader.Size);
        encoding.Compress(message, buffer);
        MessageHeader.Write(buffer.WrittenSpan[start..], buffer.Length - start - MessageHeader.Size, isCompressed: true);
    }
}
