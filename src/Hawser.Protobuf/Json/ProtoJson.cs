using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Hawser.Protobuf;

/// <summary>The protobuf JSON mapping: messages as JSON and back, well-known types included.</summary>
/// <remarks>Safe from any thread, as long as nobody changes a message that is being written.</remarks>
public static class ProtoJson
{
    /// <summary>Writes a message as JSON.</summary>
    /// <param name="message">The message.</param>
    /// <param name="output">Takes the JSON, as UTF-8.</param>
    /// <param name="options">How; null for the canonical form.</param>
    /// <exception cref="ProtoJsonException">
    /// The message has no JSON form: a timestamp out of range, an <c>Any</c> of an unknown type. Part of it may have been written.
    /// </exception>
    public static void Write(DynamicMessage message, IBufferWriter<byte> output, ProtoJsonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);
        JsonMessageWriter.Write(message, output, options ?? ProtoJsonOptions.Default);
    }

    /// <summary>A message as JSON text; see <see cref="Write"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="options">How; null for the canonical form.</param>
    /// <returns>The JSON.</returns>
    /// <exception cref="ProtoJsonException">The message has no JSON form.</exception>
    public static string ToText(DynamicMessage message, ProtoJsonOptions? options = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(message, output, options);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Reads a message from JSON.</summary>
    /// <param name="schema">The type of the message.</param>
    /// <param name="utf8">The JSON, exactly one value.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The message. Required fields may be absent: ask <see cref="DynamicMessage.FindMissing"/>.</returns>
    /// <exception cref="ProtoJsonException">It is not JSON, or not a message of the type; the text names the path.</exception>
    public static DynamicMessage Parse(MessageSchema schema, ReadOnlySpan<byte> utf8, ProtoJsonOptions? options = null)
    {
        var message = new DynamicMessage(schema);
        JsonMessageReader.Read(utf8, message, options ?? ProtoJsonOptions.Default);
        return message;
    }

    /// <inheritdoc cref="Parse(MessageSchema, ReadOnlySpan{byte}, ProtoJsonOptions)"/>
    public static DynamicMessage Parse(MessageSchema schema, in ReadOnlySequence<byte> utf8, ProtoJsonOptions? options = null)
    {
        using var contiguous = new ContiguousBytes(utf8);
        return Parse(schema, contiguous.Span, options);
    }

    /// <inheritdoc cref="Parse(MessageSchema, ReadOnlySpan{byte}, ProtoJsonOptions)"/>
    /// <param name="schema">The type of the message.</param>
    /// <param name="json">The JSON, exactly one value.</param>
    /// <param name="options">How; null for the defaults.</param>
    public static DynamicMessage Parse(MessageSchema schema, string json, ProtoJsonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            // Not by an encoding, which would put U+FFFD in the place of half a surrogate pair.
            return Utf8.FromUtf16(json, rented, out _, out var length, replaceInvalidSequences: false) == OperationStatus.Done
                ? Parse(schema, rented.AsSpan(0, length), options)
                : throw new ProtoJsonException("the JSON has half a surrogate pair", "");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
