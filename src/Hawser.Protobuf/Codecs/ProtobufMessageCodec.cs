using System.Buffers;
using Google.Protobuf;

namespace Hawser.Protobuf;

/// <summary>The wire format of one generated message.</summary>
internal sealed class ProtobufMessageCodec<T> : MessageCodec<T>
    where T : class, IMessage<T>, new()
{
    // As generated code makes its own: it creates messages without reflection.
    private static readonly MessageParser<T> Parser = new(static () => new T());

    private static readonly Lazy<string> Schema = new(() =>
    {
        var descriptor = new T().Descriptor;
        return JsonSchemaWriter.Write(ProtoSchema.FromGenerated(descriptor.File).FindMessage(descriptor.FullName)!);
    });

    private static readonly bool UsesBuffers = BufferSupport.Of(new T().Descriptor);

    public override void Encode(T value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (UsesBuffers)
            value.WriteTo(output);
        else
            BufferSupport.WriteByStream(value, output);
    }

    public override T Decode(in ReadOnlySequence<byte> message)
    {
        try
        {
            if (!UsesBuffers)
                return BufferSupport.ParseByStream(Parser, message);
            return message.IsSingleSegment ? Parser.ParseFrom(message.FirstSpan) : Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new FormatException($"The bytes are not a message '{new T().Descriptor.FullName}': {failure.Message}", failure);
        }
    }

    public override string GetSchema() => Schema.Value;
}
