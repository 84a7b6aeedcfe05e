using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Hawser.Protobuf.Tests;

/// <summary>Random messages of random types to JSON and back, with every option.</summary>
public sealed class JsonRoundTripTests
{
    [Fact]
    public void A_message_comes_back_from_its_json() => ForRandomMessages(TestSchemas.Json);

    [Fact]
    public void A_message_comes_back_from_indented_json() => ForRandomMessages(new ProtoJsonOptions { Types = TestSchemas.All, Indented = true });

    [Fact]
    public void A_message_comes_back_from_json_with_names_of_the_file() => ForRandomMessages(new ProtoJsonOptions { Types = TestSchemas.All, UseProtoNames = true });

    [Fact]
    public void A_message_comes_back_from_json_with_numbers() =>
        ForRandomMessages(new ProtoJsonOptions { Types = TestSchemas.All, Int64AsNumbers = true, EnumsAsNumbers = true });

    [Fact]
    public void A_message_comes_back_from_json_with_defaults() => ForRandomMessages(new ProtoJsonOptions { Types = TestSchemas.All, IncludeDefaults = true });

    private static void ForRandomMessages(ProtoJsonOptions options) => Seeds.Check(300, seed =>
    {
        var message = seed % 3 == 0
            ? new RandomMessages(new Random(seed)).Make(seed % 2 == 0 ? TestSchemas.Everything : TestSchemas.Legacy)
            : WireRoundTripTests.RandomMessage(seed);
        var output = new ArrayBufferWriter<byte>();
        ProtoJson.Write(message, output, options);
        using (JsonDocument.Parse(output.WrittenMemory, new JsonDocumentOptions { MaxDepth = 500 }))
        {
            Assert.Equal(message, ProtoJson.Parse(message.Schema, output.WrittenSpan, options));
        }

        Assert.Equal(message, ProtoJson.Parse(message.Schema, Pieces.Of(output.WrittenMemory, 5), options));
        Assert.Equal(message, ProtoJson.Parse(message.Schema, Encoding.UTF8.GetString(output.WrittenSpan), options));
    });
}
