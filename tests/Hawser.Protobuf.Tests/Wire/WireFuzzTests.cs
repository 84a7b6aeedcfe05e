namespace Hawser.Protobuf.Tests;

/// <summary>Bytes that a hostile peer may send: refused in one way only, and never worth more memory than they are long.</summary>
public sealed class WireFuzzTests
{
    // A message of one field takes a few bytes on the wire, and an object with some room for fields here.
    private const int MostBytesPerByte = 100;

    // Whoever is the first to use a type lays it out.
    private const int MostBytesPerMessage = 200_000;

    [Fact]
    public void Random_bytes_are_read_or_refused() => Seeds.Check(3000, seed =>
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        ReadOrRefuse(random.Next(2) == 0 ? TestSchemas.Everything : TestSchemas.Legacy, bytes);
    });

    [Fact]
    public void Damaged_messages_are_read_or_refused() => Seeds.Check(3000, seed =>
    {
        var random = new Random(seed);
        var schema = random.Next(2) == 0 ? TestSchemas.Everything : TestSchemas.Legacy;
        ReadOrRefuse(schema, Damage.Apply(random, new RandomMessages(random).Make(schema).ToByteArray()));
    });

    [Theory]
    [InlineData("AA0200")]
    [InlineData("AA02022801")]
    [InlineData("C20400")]
    [InlineData("EA0100")]
    [InlineData("CA0100")]
    [InlineData("8A0100")]
    [InlineData("C20F00")]
    [InlineData("3A00")]
    public void The_shortest_fields_again_and_again_take_bounded_memory(string hex)
    {
        var bytes = Enumerable.Repeat(Convert.FromHexString(hex), 5000).SelectMany(field => field).ToArray();
        ReadOrRefuse(TestSchemas.Everything, bytes);
    }

    private static void ReadOrRefuse(MessageSchema schema, byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        DynamicMessage message;
        try
        {
            message = DynamicMessage.Parse(schema, bytes);
        }
        catch (ProtobufFormatException)
        {
            return;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytesPerMessage + ((long)MostBytesPerByte * bytes.Length));
        // What was read can be written, and means the same.
        Assert.Equal(message, DynamicMessage.Parse(schema, message.ToByteArray()));
        Assert.Equal(message.ToByteArray().Length, message.CalculateSize());
    }
}
