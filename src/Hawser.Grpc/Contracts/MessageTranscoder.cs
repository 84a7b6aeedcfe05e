using System.Buffers;
using Hawser.Protobuf;

namespace Hawser.Grpc.Contracts;

/// <summary>Turns the protobuf messages of a contract into the bytes that a handler speaks, and back. Safe from any thread.</summary>
internal abstract class MessageTranscoder
{
    /// <summary>Reads a protobuf message.</summary>
    /// <exception cref="FormatException">It is none; the text says where and why.</exception>
    internal abstract void FromProtobuf(in ReadOnlySequence<byte> message, IBufferWriter<byte> output);

    /// <summary>Writes a protobuf message.</summary>
    /// <exception cref="FormatException">The bytes do not fit the contract; the text says where and why.</exception>
    internal abstract void ToProtobuf(in ReadOnlySequence<byte> bytes, IBufferWriter<byte> output);
}

/// <summary>For handlers with C# types: the JSON of the message.</summary>
internal sealed class JsonTranscoder(MessageSchema schema) : MessageTranscoder
{
    // What every JSON serializer reads without being told of protobuf: numbers as numbers, and every member there.
    private static readonly ProtoJsonOptions Options = new() { Int64AsNumbers = true, EnumsAsNumbers = true, IncludeDefaults = true };

    internal override void FromProtobuf(in ReadOnlySequence<byte> message, IBufferWriter<byte> output) =>
        ProtoJson.Write(DynamicMessage.Parse(schema, message), output, Options);

    internal override void ToProtobuf(in ReadOnlySequence<byte> bytes, IBufferWriter<byte> output) =>
        ProtoJson.Parse(schema, bytes).WriteTo(output);
}

/// <summary>For handlers of raw bytes and octets: the only field of the message.</summary>
internal sealed class BytesTranscoder : MessageTranscoder
{
    private readonly MessageSchema schema;
    private readonly FieldSchema field;

    private BytesTranscoder(MessageSchema schema, FieldSchema field)
    {
        this.schema = schema;
        this.field = field;
    }

    /// <returns>Null when the message does not have one field of type bytes and nothing else.</returns>
    internal static BytesTranscoder? TryCreate(MessageSchema schema) =>
        schema.Fields is [{ Kind: FieldKind.Bytes, IsRepeated: false } only] ? new BytesTranscoder(schema, only) : null;

    internal override void FromProtobuf(in ReadOnlySequence<byte> message, IBufferWriter<byte> output) =>
        output.Write(DynamicMessage.Parse(schema, message).Get<ReadOnlyMemory<byte>>(field).Span);

    internal override void ToProtobuf(in ReadOnlySequence<byte> bytes, IBufferWriter<byte> output)
    {
        var message = new DynamicMessage(schema);
        message.Set<ReadOnlyMemory<byte>>(field, bytes.IsSingleSegment ? bytes.First : bytes.ToArray());
        message.WriteTo(output);
    }
}
