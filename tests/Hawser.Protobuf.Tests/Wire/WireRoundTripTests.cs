using System.Buffers;

namespace Hawser.Protobuf.Tests;

/// <summary>Random messages of random types, there and back.</summary>
public sealed class WireRoundTripTests
{
    [Fact]
    public void A_message_comes_back_from_its_bytes() => ForRandomMessages(message =>
    {
        var bytes = message.ToByteArray();
        Assert.Equal(bytes.Length, message.CalculateSize());
        Assert.Equal(message, DynamicMessage.Parse(message.Schema, bytes));
    });

    [Fact]
    public void A_message_comes_back_from_bytes_in_pieces() => ForRandomMessages(message =>
    {
        var bytes = message.ToByteArray();
        Assert.Equal(message, DynamicMessage.Parse(message.Schema, Pieces.Of(bytes, 3)));
        var output = new ArrayBufferWriter<byte>();
        message.WriteTo(output);
        Assert.Equal(bytes, output.WrittenSpan.ToArray());
    });

    [Fact]
    public void A_clone_is_equal() => ForRandomMessages(message =>
    {
        var clone = message.Clone();
        Assert.Equal(message, clone);
        Assert.Equal(message.GetHashCode(), clone.GetHashCode());
        Assert.Equal(message.ToByteArray(), clone.ToByteArray());
    });

    [Fact]
    public void A_type_that_knows_none_of_the_fields_keeps_them_all() => ForRandomMessages(message =>
    {
        var stranger = ProtoSchema.WellKnownTypes.FindMessage("google.protobuf.Empty")!;
        var bytes = message.ToByteArray();
        Assert.Equal(bytes, DynamicMessage.Parse(stranger, bytes).ToByteArray());
    });

    private static void ForRandomMessages(Action<DynamicMessage> check) => Seeds.Check(500, seed => check(RandomMessage(seed)));

    internal static DynamicMessage RandomMessage(int seed)
    {
        var random = new Random(seed);
        var schema = ProtoSchema.FromFiles([new RandomSchemas(random).Make()]);
        return new RandomMessages(random, 0.6).Make(schema.FindMessage("random.M0")!);
    }
}
