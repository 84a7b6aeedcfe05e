namespace Hawser.Protobuf.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public void Many_threads_read_one_message_and_are_the_first_to_use_its_type() => Seeds.Check(50, seed =>
    {
        var random = new Random(seed);
        var schema = ProtoSchema.FromFiles([new RandomSchemas(random).Make()]).FindMessage("random.M0")!;
        var bytes = DynamicMessage.Parse(ProtoSchema.WellKnownTypes.FindMessage("google.protobuf.Empty")!, WireRoundTripTests.RandomMessage(seed).ToByteArray()).ToByteArray();
        var messages = new DynamicMessage[8];
        Parallel.For(0, messages.Length, i => messages[i] = DynamicMessage.Parse(schema, bytes));
        var shared = messages[0];
        var texts = new string[messages.Length];
        Parallel.For(0, messages.Length, i =>
        {
            Assert.Equal(messages[i], shared);
            Assert.Equal(shared.ToByteArray().Length, shared.CalculateSize());
            texts[i] = ProtoJson.ToText(shared, TestSchemas.Json);
        });
        Assert.All(texts, text => Assert.Equal(texts[0], text));
    });
}
