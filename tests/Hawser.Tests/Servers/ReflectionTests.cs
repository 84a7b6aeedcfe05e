using System.Text.Json;
using Hawser.Tests.Endpoints;

namespace Hawser.Tests.Servers;

public sealed class ReflectionTests
{
    private readonly EndpointRegistry registry = new(JsonCodec.Default);
    private readonly MemoryInvoker invoker;

    public ReflectionTests()
    {
        invoker = new MemoryInvoker(registry);
        registry.Map("Snapshots/List", (Word word) => Texts.Words(word.Text));
        registry.Map("Snapshots/Receive", (Stream octets) => new byte[1]);
        ReflectionEndpoints.AddTo(registry);
    }

    [Fact]
    public async Task List_names_every_method()
    {
        var reply = await invoker.CallAsync<JsonElement>("hawser.Reflection/List");
        Assert.Equal(
            """{"methods":[{"name":"Snapshots/List","kind":"serverStreaming","request":"message","response":"stream","codec":"json"},"""
            + """{"name":"Snapshots/Receive","kind":"clientStreaming","request":"octets","response":"message","codec":null},"""
            + """{"name":"hawser.Reflection/Describe","kind":"unary","request":"message","response":"message","codec":"json"},"""
            + """{"name":"hawser.Reflection/List","kind":"unary","request":"empty","response":"message","codec":"json"}]}""",
            reply.GetRawText());
    }

    [Fact]
    public async Task Describe_gives_schemas()
    {
        var reply = await DescribeAsync("Snapshots/List");
        Assert.Equal("serverStreaming", reply.GetProperty("kind").GetString());
        Assert.True(reply.GetProperty("requestSchema").GetProperty("properties").TryGetProperty("text", out _));
        Assert.Equal("binary", (await DescribeAsync("Snapshots/Receive")).GetProperty("responseSchema").GetProperty("contentEncoding").GetString());
    }

    [Fact]
    public async Task A_misspelt_name_is_answered_with_the_nearest()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => DescribeAsync("Snapshot/Lost"));
        Assert.Equal("NotFound: No method is called 'Snapshot/Lost'. Nearest: 'Snapshots/List'.", failure.Message);
    }

    [Fact]
    public async Task A_name_of_any_length_is_answered()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(new string('x', 10_000)));
        Assert.Equal(StatusCode.NotFound, failure.Code);
    }

    [Fact]
    public async Task Describe_needs_a_name() =>
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(""))).Code);

    private async Task<JsonElement> DescribeAsync(string method) =>
        await invoker.CallAsync<Dictionary<string, string>, JsonElement>("hawser.Reflection/Describe", new() { ["method"] = method });
}
