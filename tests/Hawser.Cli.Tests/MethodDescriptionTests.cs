using System.Text.Json;
using Hawser.Cli.Calls;
using Hawser.Cli.Commands;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class MethodDescriptionTests
{
    [Theory]
    [InlineData("unary", "message", "message", Body.Message, Body.Message, "unary")]
    [InlineData("serverStreaming", "empty", "octets", Body.Empty, Body.Octets, "server streaming")]
    [InlineData("duplex", "messageAndOctets", "Stream", Body.MessageAndOctets, Body.Stream, "duplex")]
    [InlineData("oneWay", "message", "empty", Body.Message, Body.Empty, "one-way")]
    public void What_reflection_tells_is_understood(string kind, string request, string response, Body sent, Body received, string words)
    {
        var method = MethodDescription.Parse(JsonElement.Parse($$"""{"name":"A/B","kind":"{{kind}}","request":"{{request}}","response":"{{response}}","codec":"json"}"""));
        Assert.Equal(("A/B", sent, received, words), (method.Name, method.Request, method.Response, method.Kind));
    }

    [Theory]
    [InlineData("""{"kind":"unary","request":"message","response":"message"}""")]
    [InlineData("""{"name":"A/B","kind":"unary","request":"pigeon","response":"message"}""")]
    [InlineData("""{"name":"A/B","kind":"unary","request":"1","response":7}""")]
    [InlineData("[]")]
    public void Anything_else_is_not(string json) => Assert.Throws<FormatException>(() => MethodDescription.Parse(JsonElement.Parse(json)));

    [Fact]
    public void A_list_is_an_array_of_methods() =>
        Assert.Equal("A/B", Assert.Single(ListCommand.Parse("""{"methods":[{"name":"A/B","kind":"unary","request":"empty","response":"message"}]}"""u8)).Name);

    [Fact]
    public void A_list_that_is_none_is_the_nodes_fault() =>
        Assert.Equal(StatusCode.Internal, Assert.Throws<RpcException>(() => ListCommand.Parse("7"u8)).Code);
}
