using System.Buffers;
using System.Text;
using Google.Protobuf;
using Hawser.Protobuf;

namespace Hawser.Bench.Protobuf;

/// <summary>A message to measure with, and the work that is done with it.</summary>
/// <typeparam name="T">Google's generated type.</typeparam>
internal sealed class Workload<T>(string name, T sample)
    where T : IMessage<T>, new()
{
    private readonly MessageSchema schema = ProtoSchema.FromGenerated(sample.Descriptor.File).FindMessage(sample.Descriptor.FullName)!;
    private readonly MessageParser<T> parser = new(() => new T());
    private readonly byte[] wire = sample.ToByteArray();
    private readonly string json = JsonFormatter.Default.Format(sample);
    private readonly ArrayBufferWriter<byte> output = new(1 << 20);

    internal IEnumerable<Comparison> Comparisons()
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        yield return new Comparison(
            $"{name}: wire ({wire.Length} bytes) → JSON text",
            () =>
            {
                output.ResetWrittenCount();
                ProtoJson.Write(DynamicMessage.Parse(schema, wire), output);
            },
            () => JsonFormatter.Default.Format(parser.ParseFrom(wire)));
        yield return new Comparison(
            $"{name}: JSON text ({utf8.Length} bytes) → wire",
            () => ProtoJson.Parse(schema, utf8).ToByteArray(),
            () => JsonParser.Default.Parse<T>(json).ToByteArray());
        yield return new Comparison(
            $"{name}: wire → message → wire (informative)",
            () => DynamicMessage.Parse(schema, wire).ToByteArray(),
            () => parser.ParseFrom(wire).ToByteArray());
    }
}
