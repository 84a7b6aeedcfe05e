namespace Hawser.Protobuf.Tests.Describing;

public sealed class ProtoTextTests
{
    [Fact]
    public async Task The_well_known_files_come_back_as_they_were()
    {
        var include = Path.Combine(AppContext.BaseDirectory, "protoc", "include");
        await RoundTrip.CheckAsync(await new ProtoCompiler().CompileAsync(new ProtoSources().AddFolder(include)));
    }

    [Fact]
    public async Task The_common_files_come_back_as_they_were() =>
        await RoundTrip.CheckAsync(ProtoSchema.FromGenerated(
            Google.Api.AnnotationsReflection.Descriptor,
            Google.Api.ClientReflection.Descriptor,
            Google.Api.ServiceReflection.Descriptor,
            Google.Api.FieldBehaviorReflection.Descriptor,
            Google.Rpc.ErrorDetailsReflection.Descriptor,
            Google.Rpc.StatusReflection.Descriptor,
            Google.Rpc.Context.AttributeContextReflection.Descriptor,
            Google.Type.MoneyReflection.Descriptor,
            Google.Type.DatetimeReflection.Descriptor));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Random_files_come_back_as_they_were(int seed)
    {
        // Many files at once, because starting protoc takes longer than compiling.
        var random = new Random(seed);
        await RoundTrip.CheckAsync(ProtoSchema.FromFiles(Enumerable.Range(0, 200).Select(i => new RandomFiles(random).Make(i))));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Samples_come_back_as_they_were(string name)
    {
        var schema = await SampleAsync(name);
        await RoundTrip.CheckAsync(schema);
        await RoundTrip.CheckAsync(WithoutSource(schema));
    }

    [Fact]
    public async Task The_printed_text_is_what_one_would_write() =>
        Assert.Equal(await File.ReadAllTextAsync(SamplePath("printed.proto")), ProtoText.Of((await SampleAsync("printed.proto")).FindFile("printed.proto")!));

    [Fact]
    public async Task An_element_is_printed_alone()
    {
        var schema = await SampleAsync("printed.proto");
        Assert.StartsWith("// What somebody bought.\nmessage Order {\n", ProtoText.Of(schema.FindMessage("shop.Order")!), StringComparison.Ordinal);
        Assert.StartsWith("enum State {\n", ProtoText.Of(schema.FindEnum("shop.Order.State")!), StringComparison.Ordinal);
        Assert.StartsWith("// Sells.\nservice Shop {\n", ProtoText.Of(schema.FindService("shop.Shop")!), StringComparison.Ordinal);
        Assert.Equal("rpc Watch(stream Order) returns (stream Order);\n", ProtoText.Of(schema.FindMethod("shop.Shop/Watch")!));
    }

    [Fact]
    public async Task Options_that_are_nested_without_end_are_refused()
    {
        byte[] nested = [];
        for (var i = 0; i < 200; i++)
            nested = [0x12, .. WireTypes.Varint((uint)nested.Length), .. nested];
        var file = await WithPartsAsync(nested);
        Assert.Equal("Options are nested more than 100 deep in 'custom.Parts'.", Assert.Throws<SchemaException>(() => ProtoText.Of(file)).Message);
    }

    [Fact]
    public async Task Options_whose_bytes_are_wrong_are_told()
    {
        var file = await WithPartsAsync([0x12, 0x05, 0x01]);
        var failure = Assert.Throws<SchemaException>(() => ProtoText.Of(file));
        Assert.StartsWith("Options (google.protobuf.MessageOptions) have bytes that do not fit their types:", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>options.proto, where the option <c>parts</c> of the first message has the given bytes.</summary>
    private static async Task<FileSchema> WithPartsAsync(byte[] parts)
    {
        const int PartsNumber = 50001;
        byte[] options = [.. WireTypes.Varint(WireTypes.Tag(PartsNumber, WireTypes.LengthDelimited)), .. WireTypes.Varint((uint)parts.Length), .. parts];
        var schema = await SampleAsync("options.proto");
        var files = schema.Files.Select(file => file.Proto.Clone()).ToList();
        files.Single(file => file.Name == "options.proto").MessageType[0].Options = Google.Protobuf.Reflection.MessageOptions.Parser.ParseFrom(options);
        return ProtoSchema.FromFiles(files).FindFile("options.proto")!;
    }

    public static TheoryData<string> Samples => ["proto2.proto", "proto3.proto", "editions.proto", "options.proto", "scopes.proto", "printed.proto"];

    private static string SamplePath(string name) => Path.Combine(AppContext.BaseDirectory, "Describing", "Samples", name);

    private static Task<ProtoSchema> SampleAsync(string name) => new ProtoCompiler().CompileAsync(new ProtoSources().AddFile(SamplePath(name)));

    private static ProtoSchema WithoutSource(ProtoSchema schema) => ProtoSchema.FromFiles(schema.Files.Select(file =>
    {
        var proto = file.Proto.Clone();
        proto.SourceCodeInfo = null;
        return proto;
    }));
}
