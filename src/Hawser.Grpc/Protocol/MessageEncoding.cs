using System.Buffers;

namespace Hawser.Grpc.Protocol;

/// <summary>One way to compress messages. Safe from any thread.</summary>
internal sealed class MessageEncoding
{
    // Small enough that a bomb is noticed after little work.
    private const int Step = 16 * 1024;

    private readonly Func<Stream, Stream> compressor;
    private readonly Func<Stream, Stream> decompressor;

    internal MessageEncoding(string name, Func<Stream, Stream> compressor, Func<Stream, Stream> decompressor)
    {
        Name = name;
        this.compressor = compressor;
        this.decompressor = decompressor;
    }

    /// <summary>The name in <c>grpc-encoding</c>.</summary>
    internal string Name { get; }

    /// <summary>Compresses a message behind what is in a buffer already.</summary>
    internal void Compress(in ReadOnlySequence<byte> message, PooledBuffer output)
    {
        using var target = new BufferStream(output);
        using var stream = compressor(target);
        foreach (var piece in message)
            stream.Write(piece.Span);
    }

    /// <summary>Decompresses a message behind what is in a buffer already; stops as soon as it is larger than is taken.</summary>
    /// <returns>Null, or why the message is refused; the buffer then holds part of it.</returns>
    internal Status? Decompress(in ReadOnlySequence<byte> message, int maxMessageSize, PooledBuffer output)
    {
        var before = output.Length;
        try
        {
            using var source = new SequenceStream(message);
            using var stream = decompressor(source);
            while (true)
            {
                var left = maxMessageSize - (output.Length - before);
                var read = stream.Read(output.GetSpan(Math.Min(left + 1, Step)));
                if (read == 0)
                    return null;
                if (read > left)
                    return TooLarge(maxMessageSize);
                output.Advance(read);
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            // zlib's rarer complaints are IO errors to .NET.
            return new Status(StatusCode.Internal, $"The peer sent a message that is not '{Name}' as it says: {failure.Message}");
        }
    }

    private Status TooLarge(int maxMessageSize) => new(
        StatusCode.ResourceExhausted,
        $"The peer sent a message that has more than {maxMessageSize} bytes when it is decompressed ('{Name}'); no more are taken (ConnectionLimits.MaxMessageSize).");

    /// <summary>Writes into a buffer; only what a compressor needs.</summary>
    private sealed class BufferStream(PooledBuffer buffer) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> bytes) => buffer.Write(bytes);
    }

    /// <summary>Reads a sequence; only what a decompressor needs.</summary>
    private sealed class SequenceStream(ReadOnlySequence<byte> sequence) : ReadOnlyStream
    {
        private ReadOnlySequence<byte> left = sequence;

        public override int Read(Span<byte> destination)
        {
            var size = (int)Math.Min(left.Length, destination.Length);
            left.Slice(0, size).CopyTo(destination);
            left = left.Slice(size);
            return size;
        }
    }
}
