using System.Text;

namespace Hawser.Protobuf.Tests;

/// <summary>JSON that a hostile peer may send: refused in one way only.</summary>
public sealed class JsonFuzzTests
{
    private const int MostBytesPerByte = 200;

    // Whoever is the first to use a type lays it out.
    private const int MostBytesPerMessage = 200_000;

    [Fact]
    public void Random_bytes_are_read_or_refused() => Seeds.Check(3000, seed =>
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(100)];
        random.NextBytes(bytes);
        ReadOrRefuse(TestSchemas.Everything, bytes);
    });

    [Fact]
    public void Damaged_json_is_read_or_refused() => Seeds.Check(3000, seed =>
    {
        var random = new Random(seed);
        var schema = random.Next(3) == 0 ? TestSchemas.Legacy : TestSchemas.Everything;
        var json = ProtoJson.ToText(new RandomMessages(random).Make(schema), TestSchemas.Json);
        ReadOrRefuse(schema, Damage.Apply(random, Encoding.UTF8.GetBytes(json)));
    });

    [Fact]
    public void Values_in_the_wrong_places_are_read_or_refused() => Seeds.Check(2000, seed =>
    {
        var random = new Random(seed);
        string[] values = ["null", "true", "0", "-1", "1e400", "1.5", "\"\"", "\"x\"", "\"1s\"", "\"AQI\"", "[]", "[null]", "{}", "{\"a\":1}", "{\"@type\":1}", "[[]]"];
        var field = TestSchemas.Everything.Fields[random.Next(TestSchemas.Everything.Fields.Length)];
        var name = field.JsonName.Replace("\"", "\\\"", StringComparison.Ordinal);
        ReadOrRefuse(TestSchemas.Everything, Encoding.UTF8.GetBytes($$"""{"{{name}}": {{values[random.Next(values.Length)]}}}"""));
    });

    private static void ReadOrRefuse(MessageSchema schema, byte[] json)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        DynamicMessage message;
        try
        {
            message = ProtoJson.Parse(schema, json, TestSchemas.Json);
        }
        catch (ProtoJsonException)
        {
            return;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytesPerMessage + ((long)MostBytesPerByte * json.Length));
        Assert.Equal(message, ProtoJson.Parse(schema, ProtoJson.ToText(message, TestSchemas.Json), TestSchemas.Json));
    }
}
