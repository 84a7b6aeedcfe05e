using Hawser.Grpc;
using Hawser.Node;
using Hawser.Node.Quickstart;
using Xunit;

namespace Hawser.Cli.Tests;

/// <summary>The contract of the quickstart and the service itself do not drift apart.</summary>
public sealed class QuickstartContractTests
{
    [Fact]
    public void Every_method_that_gRPC_can_carry_is_in_the_contract()
    {
        var endpoints = new EndpointRegistry(JsonCodec.Default);
        QuickstartService.MapTo(endpoints);
        var declared = QuickstartContract.Load().FindService("Quickstart")!.Methods.Select(method => method.FullName);
        Assert.Equal(
            endpoints.Select(endpoint => endpoint.Method.FullName).Where(name => name != "Quickstart/CallMeBack").Order(StringComparer.Ordinal),
            declared.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Quickstart/Echo", """{"a":[1,null]}""", """{"a":[1,null]}""")]
    [InlineData("Quickstart/Count", """{"to":2}""", """{"value":"1"}""", """{"value":"2"}""")]
    [InlineData("Quickstart/Sum", """{"value":40}""", """{"total":"40"}""")]
    [InlineData("Quickstart/Chat", "[1]", "[1]")]
    [InlineData("Quickstart/Upload", """{"data":"MTIzNDU2Nzg5"}""", """{"bytes":"9","crc32c":"e3069283"}""")]
    [InlineData("Quickstart/Download", """{"bytes":4}""", """{"data":"AAECAw=="}""")]
    [InlineData("Quickstart/Ping", """{"data":"AQI="}""", """{"data":"AQI="}""")]
    [InlineData("Quickstart/Flood", """{"messages":2,"bytes":2}""", """{"data":"AAE="}""", """{"data":"AAE="}""")]
    [InlineData("Quickstart/Fail", "{}", "{}")]
    public async Task A_protobuf_caller_is_served(string method, string request, params string[] replies)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var node = new HawserNode(new HawserNodeOptions { Listen = ["grpc://127.0.0.1:0"] });
        await node.StartAsync(stop);
        await using var channel = HawserChannel.Connect(node.Addresses[0].ToString(), new HawserChannelOptions { Wires = [new GrpcWire()] });
        Assert.Equal(replies, await ProtobufCall.MakeAsync(channel, QuickstartContract.Load().FindMethod(method)!, request, stop));
    }
}
