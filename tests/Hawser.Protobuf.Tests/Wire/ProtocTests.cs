namespace Hawser.Protobuf.Tests;

/// <summary>Random messages of random types, against protoc.</summary>
public sealed class ProtocTests
{
    [Fact]
    public void What_protoc_encodes_from_text_is_what_the_message_encodes() => Seeds.Check(100, seed =>
    {
        var random = new Random(seed);
        var schema = ProtoSchema.FromFiles([new RandomSchemas(random).Make()]);
        var message = new RandomMessages(random, 0.5).Make(schema.FindMessage("random.M0")!);
        var ours = message.ToByteArray(new ProtobufWriteOptions { Deterministic = true });
        var protocs = Protoc.Encode(schema, "random.M0", TextFormat.Write(message));
        Assert.Equal(Convert.ToHexString(protocs), Convert.ToHexString(ours));
        Assert.Equal(message, DynamicMessage.Parse(message.Schema, protocs));
    });

    [Fact]
    public void Protoc_reads_what_the_message_encodes() => Seeds.Check(40, seed =>
    {
        var schema = TestSchemas.All;
        var message = new RandomMessages(new Random(seed)).Make(seed % 2 == 0 ? TestSchemas.Everything : TestSchemas.Legacy);
        var text = Protoc.Decode(schema, message.Schema.FullName, message.ToByteArray());
        Assert.Equal(message, DynamicMessage.Parse(message.Schema, Protoc.Encode(schema, message.Schema.FullName, text)));
    });
}
