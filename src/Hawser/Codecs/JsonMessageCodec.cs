using System.Buffers;
using System.Text.Json;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Hawser;

/// <summary>JSON of one type.</summary>
internal sealed class JsonMessageCodec<T> : MessageCodec<T>
{
    private readonly JsonCodec codec;
    private readonly JsonTypeInfo<T> typeInfo;
    private readonly JsonReaderOptions readerOptions;

    internal JsonMessageCodec(JsonCodec codec, JsonTypeInfo<T> typeInfo)
    {
        this.codec = codec;
        this.typeInfo = typeInfo;
        readerOptions = new JsonReaderOptions
        {
            AllowTrailingCommas = codec.Options.AllowTrailingCommas,
            CommentHandling = codec.Options.ReadCommentHandling,
            MaxDepth = codec.Options.MaxDepth,
        };
    }

    public override void Encode(T value, IBufferWriter<byte> output)
    {
        var writer = JsonWriterCache.Rent(codec, output);
        JsonSerializer.Serialize(writer, value, typeInfo);
        writer.Flush();
        // Not in a finally: a writer that failed half-way is left to the collector rather than trusted again.
        JsonWriterCache.Return(codec, writer);
    }

    public override T Decode(in ReadOnlySequence<byte> message)
    {
        try
        {
            if (message.IsSingleSegment)
                return JsonSerializer.Deserialize(message.FirstSpan, typeInfo)!;
            var reader = new Utf8JsonReader(message, readerOptions);
            var value = JsonSerializer.Deserialize(ref reader, typeInfo)!;
            // Throws when anything but white space follows the value.
            reader.Read();
            return value;
        }
        catch (JsonException failure)
        {
            throw new FormatException(Describe(failure), failure);
        }
    }

    public override string GetSchema() => typeInfo.GetJsonSchemaAsNode().ToJsonString();

    private static string Describe(JsonException failure)
    {
        var text = failure.Message;
        // The serializer appends the place in its own notation; it is told below in words.
        var place = text.IndexOf(" Path: ", StringComparison.Ordinal);
        if (place < 0)
            place = text.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        if (place >= 0)
            text = text[..place];

        // The serializer names the type that it wanted, which is the receiver's own affair.
        if (text.StartsWith("The JSON value could not be converted to ", StringComparison.Ordinal))
            text = "the value is of another kind than is expected there.";
        return $"wrong JSON at {failure.Path ?? "$"}, line {(failure.LineNumber ?? 0) + 1}, byte {(failure.BytePositionInLine ?? 0) + 1}: {text}";
    }
}
