using System.Buffers;

namespace Hawser.Protobuf;

/// <content>The protobuf encoding.</content>
public sealed partial class DynamicMessage
{
    internal bool HasUnknownFields => extras is not null && extras.Unknown.Count > 0;

    /// <summary>Reads a message from its bytes.</summary>
    /// <param name="schema">The type of the message.</param>
    /// <param name="bytes">The bytes; nothing of them is kept.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <returns>The message. Required fields may be absent: ask <see cref="FindMissing"/>.</returns>
    /// <exception cref="ProtobufFormatException">The bytes are malformed, or nest too deeply.</exception>
    public static DynamicMessage Parse(MessageSchema schema, ReadOnlySpan<byte> bytes, ProtobufReadOptions? options = null)
    {
        var message = new DynamicMessage(schema);
        message.MergeFrom(bytes, options);
        return message;
    }

    /// <inheritdoc cref="Parse(MessageSchema, ReadOnlySpan{byte}, ProtobufReadOptions)"/>
    public static DynamicMessage Parse(MessageSchema schema, in ReadOnlySequence<byte> bytes, ProtobufReadOptions? options = null)
    {
        var message = new DynamicMessage(schema);
        message.MergeFrom(bytes, options);
        return message;
    }

    /// <summary>Adds the fields of an encoded message to this one's: a singular field replaces, a message merges, repeated fields are appended.</summary>
    /// <param name="bytes">The bytes; nothing of them is kept.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <exception cref="ProtobufFormatException">The bytes are malformed, or nest too deeply; what stands before the fault may have been added.</exception>
    public void MergeFrom(ReadOnlySpan<byte> bytes, ProtobufReadOptions? options = null) =>
        WireDecoder.Decode(bytes, this, options ?? ProtobufReadOptions.Default);

    /// <inheritdoc cref="MergeFrom(ReadOnlySpan{byte}, ProtobufReadOptions)"/>
    public void MergeFrom(in ReadOnlySequence<byte> bytes, ProtobufReadOptions? options = null)
    {
        using var contiguous = new ContiguousBytes(bytes);
        MergeFrom(contiguous.Span, options);
    }

    /// <summary>Writes the message: fields in the order of their numbers, unknown ones behind them.</summary>
    /// <param name="output">Takes the bytes.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The message has more than 2 GiB, or nests deeper than the stack allows.</exception>
    public void WriteTo(IBufferWriter<byte> output, ProtobufWriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var encoder = Encode(options);
        output.Write(encoder.Written);
    }

    /// <summary>The message's bytes; see <see cref="WriteTo"/>.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="InvalidOperationException">The message has more than 2 GiB, or nests deeper than the stack allows.</exception>
    public byte[] ToByteArray(ProtobufWriteOptions? options = null)
    {
        using var encoder = Encode(options);
        return encoder.Written.ToArray();
    }

    /// <summary>How many bytes <see cref="WriteTo"/> would write.</summary>
    /// <returns>The number of bytes.</returns>
    /// <exception cref="InvalidOperationException">The message nests deeper than the stack allows.</exception>
    public long CalculateSize() => WireSize.Of(this);

    private WireEncoder Encode(ProtobufWriteOptions? options)
    {
        var encoder = new WireEncoder(options ?? ProtobufWriteOptions.Default);
        try
        {
            encoder.Write(this);
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }
}
