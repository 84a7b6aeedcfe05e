using System.Buffers;
using System.Text;
using Hawser.Protobuf;

namespace Hawser.Grpc.Tests.Contracts;

/// <summary>Handlers of plain C# types that protobuf callers can call by a contract.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    private const string Shop = """
        syntax = "proto3";
        package shop;

        service Orders {
          rpc Place(Order) returns (Receipt);
          rpc Watch(Order) returns (stream Receipt);
          rpc Total(stream Order) returns (Receipt);
          rpc Upload(stream Chunk) returns (Receipt);
          rpc Download(Order) returns (stream Chunk);
          rpc Echo(Chunk) returns (Chunk);
          rpc Forget(Order) returns (Nothing);
          rpc Odd(Order) returns (Receipt);
          rpc Wrong(stream Order) returns (Receipt);
        }

        enum Size { SMALL = 0; LARGE = 1; }
        message Item { string name = 1; int64 price = 2; }
        message Order { string customer = 1; repeated Item items = 2; Size size = 3; }
        message Receipt { int64 total = 1; string text = 2; }
        message Chunk { bytes data = 1; }
        message Nothing {}
        """;

    private HawserServer _server = null!;
    private HawserChannel _channel = null!;
    private ProtoSchema _schema = null!;

    public async ValueTask InitializeAsync()
    {
        _schema = await ProtoCompiler.Default.CompileAsync(ProtoSources.FromText(Shop, "shop.proto"));
        _server = new HawserServer(new HawserServerOptions { Wires = [new GrpcWire { Server = new GrpcServerOptions { Contracts = [_schema] } }] });
        _server.Map("shop.Orders/Place", (Order order) => new Receipt(order.Items.Sum(item => item.Price), $"{order.Customer}, {order.Size}"));
        _server.Map("shop.Orders/Watch", (Order order) => Watch(order));
        _server.Map("shop.Orders/Total", (IAsyncEnumerable<Order> orders) => TotalAsync(orders));
        _server.Map("shop.Orders/Upload", async (Stream octets) => new Receipt((await ReadAsync(octets)).Length, ""));
        _server.Map("shop.Orders/Download", (Order order) => (Stream)new MemoryStream(Encoding.UTF8.GetBytes(order.Customer)));
        _server.Map("shop.Orders/Echo", (byte[] bytes) => bytes);
        _server.Map("shop.Orders/Forget", (Order order) => Task.CompletedTask);
        _server.Map("shop.Orders/Odd", (Order order) => new { Surprise = 1 });
        _server.Map("shop.Orders/Wrong", (Order order) => new Receipt(0, ""));
        var address = await _server.ListenAsync("grpc://127.0.0.1:0");
        _channel = HawserChannel.Connect(address.OriginalString, new HawserChannelOptions { Wires = [new GrpcWire()] });
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact(Timeout = Hang)]
    public async Task A_protobuf_caller_calls_a_handler_of_plain_types()
    {
        var replies = await CallAsync("Place", """{"customer":"ann","items":[{"name":"rope","price":"3"},{"name":"tar","price":"4"}],"size":"LARGE"}""");

        Assert.Equal(["""{"total":"7","text":"ann, Large"}"""], replies);
    }

    [Fact(Timeout = Hang)]
    public async Task A_json_caller_calls_the_same_handler()
    {
        var receipt = await _channel.CallAsync<Order, Receipt>("shop.Orders/Place", new Order("ann", [new Item("rope", 3)], Size.Small));

        Assert.Equal(new Receipt(3, "ann, Small"), receipt);
    }

    [Fact(Timeout = Hang)]
    public async Task Streams_go_both_ways()
    {
        Assert.Equal(["""{"total":"1"}""", """{"total":"2"}"""], await CallAsync("Watch", """{"items":[{"price":1},{"price":2}]}"""));
        Assert.Equal(["""{"total":"6"}"""], await CallAsync("Total", """{"items":[{"price":2}]}""", """{"items":[{"price":4}]}"""));
    }

    [Fact(Timeout = Hang)]
    public async Task Octets_travel_in_messages_with_one_field_of_bytes()
    {
        Assert.Equal(["""{"total":"5"}"""], await CallAsync("Upload", """{"data":"AQID"}""", """{"data":"BAU="}"""));
        Assert.Equal(["""{"data":"YW5u"}"""], await CallAsync("Download", """{"customer":"ann"}"""));
        Assert.Equal(["""{"data":"AQID"}"""], await CallAsync("Echo", """{"data":"AQID"}"""));
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_that_answers_nothing_answers_an_empty_message() => Assert.Equal(["{}"], await CallAsync("Forget", "{}"));

    [Fact(Timeout = Hang)]
    public async Task Bytes_that_are_not_the_contract_s_message_are_the_caller_s_fault()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync("Place", [[0x12, 0x05, 0x01]]));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Contains("'shop.Order'", failure.Status.Text, StringComparison.Ordinal);
        Assert.Contains("items", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_reply_that_the_contract_does_not_have_is_the_handler_s_fault()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync("Odd", "{}"));

        Assert.Equal(StatusCode.Internal, failure.Code);
        Assert.Contains("surprise", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_contract_of_another_kind_is_left_out_and_its_callers_are_told_the_codec()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync("Wrong", "{}"));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Contains("json", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Reflection_tells_of_the_contract()
    {
        var schema = await ServerReflection.ReadAsync(_channel, "shop.Orders");

        Assert.Equal("shop.Order", schema.FindMethod("shop.Orders/Place")?.Input.FullName);
        Assert.Equal(_schema.FindFile("shop.proto")!.Serialized.ToArray(), schema.FindFile("shop.proto")?.Serialized.ToArray());
    }

    private Task<List<string>> CallAsync(string method, params string[] requests)
    {
        var input = _schema.FindMethod($"shop.Orders/{method}")!.Input;
        return CallAsync(method, [.. requests.Select(request => ProtoJson.Parse(input, request).ToByteArray())]);
    }

    private async Task<List<string>> CallAsync(string method, byte[][] requests)
    {
        var declared = _schema.FindMethod($"shop.Orders/{method}")!;
        await using var call = await _channel.StartAsync(declared.ToMethod() with { Codec = "proto" });
        foreach (var request in requests)
            await call.WriteAsync(new ReadOnlySequence<byte>(request));
        await call.CompleteAsync();
        var replies = new List<string>();
        while (await call.ReadAsync())
            replies.Add(ProtoJson.ToText(DynamicMessage.Parse(declared.Output, call.Message)));
        return call.Status is { IsOk: true } ? replies : throw new RpcException(call.Status!);
    }

    private static async IAsyncEnumerable<Receipt> Watch(Order order)
    {
        foreach (var item in order.Items)
            yield return new Receipt(item.Price, "");
        await Task.CompletedTask;
    }

    private static async Task<Receipt> TotalAsync(IAsyncEnumerable<Order> orders)
    {
        var total = 0L;
        await foreach (var order in orders)
            total += order.Items.Sum(item => item.Price);
        return new Receipt(total, "");
    }

    private static async Task<byte[]> ReadAsync(Stream octets)
    {
        using var all = new MemoryStream();
        await octets.CopyToAsync(all);
        return all.ToArray();
    }

    public enum Size
    {
        Small,
        Large,
    }

    public sealed record Item(string Name, long Price);

    public sealed record Order(string Customer, IReadOnlyList<Item> Items, Size Size);

    public sealed record Receipt(long Total, string Text);
}
