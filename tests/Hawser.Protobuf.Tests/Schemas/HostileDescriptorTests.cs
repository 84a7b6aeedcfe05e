namespace Hawser.Protobuf.Tests.Schemas;

/// <summary>Descriptors come from peers: whatever their bytes are, they are a schema or a sentence.</summary>
public sealed class HostileDescriptorTests
{
    [Theory]
    [InlineData("proto2.proto")]
    [InlineData("proto3.proto")]
    [InlineData("editions.proto")]
    [InlineData("options.proto")]
    public async Task Changed_bytes_are_a_schema_or_a_sentence(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Describing", "Samples", name);
        var file = (await ProtoCompiler.Default.CompileAsync(new ProtoSources().AddFile(path))).FindFile(name)!;
        var others = file.Schema.Files.Where(other => other != file).Select(other => other.Serialized).ToList();
        var random = new Random(42);
        var accepted = 0;
        for (var i = 0; i < 1500; i++)
        {
            var bytes = Change(file.Serialized.ToArray(), random);
            try
            {
                Describe(ProtoSchema.FromSerializedFiles([.. others, bytes]).Files[^1]);
                accepted++;
            }
            catch (SchemaException)
            {
                // As it should be.
            }
        }

        Assert.NotEqual(0, accepted);
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        // The end has the comments, which matter little.
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            bytes[random.Next(Math.Min(bytes.Length, 1500))] = (byte)random.Next(256);
        return random.Next(10) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static void Describe(FileSchema file)
    {
        ProtoText.Of(file);
        foreach (var message in file.Messages)
            JsonSchemaWriter.Write(message);
    }
}
