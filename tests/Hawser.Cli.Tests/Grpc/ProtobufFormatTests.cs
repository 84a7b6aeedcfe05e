using System.Buffers;
using System.Text;
using Hawser.Cli.Grpc;
using Hawser.Cli.Parsing;
using Xunit;

namespace Hawser.Cli.Tests.Grpc;

public sealed class ProtobufFormatTests
{
    private const string Shop = """
        package shop;
        service Shop { rpc Find(Query) returns (Found); rpc Put(Blob) returns (Blob); }
        message Query { string name = 1; repeated int32 page_numbers = 2; }
        message Found { int32 hit_count = 1; }
        message Blob { bytes data = 1; }
        """;

    [Fact]
    public async Task A_request_goes_out_as_protobuf_and_a_reply_comes_back_as_JSON()
    {
        var format = await CreateAsync("shop.Shop/Put");
        var message = format.ToMessage(Utf8("""{"data":"AQI="}"""));
        Assert.Equal(new byte[] { 10, 2, 1, 2 }, message.ToArray());
        Assert.Equal("""{"data":"AQI="}""", JsonOf(format, message.ToArray()));
    }

    [Theory]
    [InlineData("""{"name":7}""", "the request is no shop.Query: name: ")]
    [InlineData("""{"pageNumbers":[1,"x"]}""", "the request is no shop.Query: pageNumbers[1]: ")]
    [InlineData("""{"nam":"x"}""", "nam")]
    public async Task A_request_that_does_not_fit_is_told_with_the_path(string json, string sentence)
    {
        var format = await CreateAsync("shop.Shop/Find");
        var failure = Assert.Throws<CommandException>(() => format.ToMessage(Utf8(json)));
        Assert.Equal(ExitCode.BadJson, failure.ExitCode);
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false, "{}")]
    [InlineData(true, false, """{"hitCount":0}""")]
    [InlineData(true, true, """{"hit_count":0}""")]
    public async Task Fields_are_shown_as_the_options_say(bool emitDefaults, bool protoNames, string json) =>
        Assert.Equal(json, JsonOf(await CreateAsync("shop.Shop/Find", new ProtoSettings { EmitDefaults = emitDefaults, UseProtoNames = protoNames }), []));

    [Fact]
    public async Task A_reply_that_is_no_such_message_is_the_servers_fault()
    {
        var format = await CreateAsync("shop.Shop/Find");
        Assert.Equal(StatusCode.Internal, Assert.Throws<RpcException>(() => JsonOf(format, [0xFF])).Code);
    }

    [Fact]
    public async Task A_payload_fills_the_one_field_of_bytes() =>
        Assert.Equal(102, (await CreateAsync("shop.Shop/Put")).CreateMessage(100).Length);

    [Fact]
    public async Task A_payload_for_another_message_is_refused() =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(() => CreateAsync("shop.Shop/Find").Result.CreateMessage(100)).ExitCode);

    [Fact]
    public async Task No_payload_is_an_empty_message() => Assert.Equal(0, (await CreateAsync("shop.Shop/Find")).CreateMessage(0).Length);

    private static async Task<ProtobufFormat> CreateAsync(string method, ProtoSettings? settings = null)
    {
        var schema = await TestSchema.CompileAsync(Shop);
        return new ProtobufFormat(schema.FindMethod(method)!, schema, settings ?? ProtoSettings.Default);
    }

    private static ReadOnlySequence<byte> Utf8(string json) => new(Encoding.UTF8.GetBytes(json));

    private static string JsonOf(ProtobufFormat format, byte[] message)
    {
        var output = new ArrayBufferWriter<byte>();
        format.WriteJson(new ReadOnlySequence<byte>(message), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
