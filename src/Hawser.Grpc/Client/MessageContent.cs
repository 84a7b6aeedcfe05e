using System.Buffers;
using System.Net;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>A request of one message, framed and ready. It can be sent more than once.</summary>
/// <remarks>Derived from <see cref="ByteArrayContent"/> because that alone tells the handler that the body does not wait for the response.</remarks>
internal sealed class MessageContent : ByteArrayContent, IRequestContent
{
    private readonly Action? sent;
    private byte[] frame;
    private int size;

    /// <summary>Frames a message; it is copied.</summary>
    /// <param name="message">The message.</param>
    /// <param name="encoding">What it is compressed with; null for nothing.</param>
    /// <param name="sent">Told when the message is in the send buffer; null when nobody wants to know.</param>
    internal MessageContent(in ReadOnlySequence<byte> message, MessageEncoding? encoding, Action? sent = null)
        : base([])
    {
        this.sent = sent;
        if (encoding is not null)
        {
            using var buffer = new PooledBuffer();
            MessageFrames.Append(buffer, message, encoding);
            size = buffer.Length;
            frame = ArrayPool<byte>.Shared.Rent(size);
            buffer.Written.CopyTo(frame);
            return;
        }

        size = MessageHeader.Size + (int)message.Length;
        frame = ArrayPool<byte>.Shared.Rent(size);
        MessageHeader.Write(frame, (int)message.Length);
        message.CopyTo(frame.AsSpan(MessageHeader.Size));
    }

    /// <summary>Whether any of the request may have reached the server: from then on the call may run.</summary>
    internal bool IsTaken { get; private set; }

    void IRequestContent.MarkTaken() => IsTaken = true;

    /// <summary>Gives the buffer back. Only when the handler has sent it and asks for it no more.</summary>
    internal void Recycle()
    {
        var buffer = frame;
        (frame, size) = ([], 0);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    protected override bool TryComputeLength(out long length)
    {
        // Messages are framed; a content length would only be one more header.
        length = 0;
        return false;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var write = stream.WriteAsync(frame.AsMemory(0, size), cancellationToken);
        return sent is not null ? TellAsync(write, sent) : write.IsCompletedSuccessfully ? Task.CompletedTask : write.AsTask();
    }

    private static async Task TellAsync(ValueTask write, Action sent)
    {
        await write.ConfigureAwait(false);
        sent();
    }
}
