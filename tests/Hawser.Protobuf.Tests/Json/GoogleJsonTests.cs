using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Hawser.Protobuf.Tests.Protos;

namespace Hawser.Protobuf.Tests;

/// <summary>Random messages against Google's JsonFormatter and JsonParser.</summary>
public sealed class GoogleJsonTests
{
    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(
        Proto3Reflection.Descriptor, DurationReflection.Descriptor, StructReflection.Descriptor, AnyReflection.Descriptor, WrappersReflection.Descriptor,
        TimestampReflection.Descriptor);

    private static readonly JsonFormatter.Settings Settings = JsonFormatter.Settings.Default.WithTypeRegistry(Types);

    [Fact]
    public void Google_writes_the_same_json() => Seeds.Check(500, seed =>
    {
        var message = Make(seed);
        var google = Everything.Parser.ParseFrom(message.ToByteArray());
        JsonEquality.AssertEqual(new JsonFormatter(Settings).Format(google), ProtoJson.ToText(message, TestSchemas.Json));
    });

    [Fact]
    public void Google_writes_the_same_json_with_names_of_the_file_and_enums_as_numbers() => Seeds.Check(200, seed =>
    {
        var message = Make(seed);
        var google = Everything.Parser.ParseFrom(message.ToByteArray());
        var formatter = new JsonFormatter(Settings.WithPreserveProtoFieldNames(true).WithFormatEnumsAsIntegers(true));
        JsonEquality.AssertEqual(
            formatter.Format(google), ProtoJson.ToText(message, new ProtoJsonOptions { Types = TestSchemas.All, UseProtoNames = true, EnumsAsNumbers = true }));
    });

    [Fact]
    public void Google_writes_the_same_json_with_defaults() => Seeds.Check(200, seed =>
    {
        var message = Make(seed);
        var google = Everything.Parser.ParseFrom(message.ToByteArray());
        var formatter = new JsonFormatter(Settings.WithFormatDefaultValues(true));
        JsonEquality.AssertEqual(formatter.Format(google), ProtoJson.ToText(message, new ProtoJsonOptions { Types = TestSchemas.All, IncludeDefaults = true }));
    });

    [Fact]
    public void Google_reads_our_json_as_the_same_message() => Seeds.Check(500, seed =>
    {
        var message = Make(seed);
        var google = new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(Types)).Parse<Everything>(ProtoJson.ToText(message, TestSchemas.Json));
        JsonEquality.AssertEqual(ProtoJson.ToText(message, TestSchemas.Json), ProtoJson.ToText(google.ToDynamic(), TestSchemas.Json));
    });

    [Fact]
    public void Googles_json_is_read_as_the_same_message() => Seeds.Check(500, seed =>
    {
        var message = Make(seed);
        var google = new JsonFormatter(Settings).Format(Everything.Parser.ParseFrom(message.ToByteArray()));
        Assert.Equal(message, ProtoJson.Parse(TestSchemas.Everything, google, TestSchemas.Json));
    });

    private static DynamicMessage Make(int seed) => new RandomMessages(new Random(seed)).Make(TestSchemas.Everything);
}
