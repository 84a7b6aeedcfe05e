using Hawser.Cli.Calls;
using Hawser.Cli.Grpc;
using Hawser.Cli.Parsing;
using Hawser.Grpc;
using Xunit;

namespace Hawser.Cli.Tests.Grpc;

public sealed class GrpcListsTests : IAsyncDisposable
{
    private const string Contract = "package shop; service Shop { rpc Find(Query) returns (Query); } message Query { string name = 1; }";

    private readonly List<IAsyncDisposable> opened = [];

    public async ValueTask DisposeAsync()
    {
        opened.Reverse();
        foreach (var one in opened)
            await one.DisposeAsync();
    }

    [Fact]
    public async Task A_service_that_has_no_schema_is_listed_beside_those_that_have_one()
    {
        var names = (await ListAsync(service: null)).Select(method => method.Name).ToArray();
        Assert.Contains("shop.Shop/Find", names);
        Assert.Contains("plain.Plain/Do", names);
    }

    [Fact]
    public async Task A_service_that_has_no_schema_is_listed_alone() =>
        Assert.Equal(["plain.Plain/Do"], (await ListAsync("plain.Plain")).Select(method => method.Name));

    [Fact]
    public async Task A_service_that_is_not_there_is_answered_with_the_nearest()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => ListAsync("plain.Plan"));
        Assert.Equal(StatusCode.NotFound, failure.Code);
        Assert.Contains("Nearest: 'plain.Plain'", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_listed_and_not_described_is_not_called_missing()
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() => ListAsync("plain.Plain", isNode: false));
        Assert.Contains("serves 'plain.Plain', but its reflection does not describe it; use --proto FILE", failure.Message, StringComparison.Ordinal);
    }

    private async Task<List<ListedMethod>> ListAsync(string? service, bool isNode = true)
    {
        var server = new HawserServer(new HawserServerOptions
        {
            Interceptors = isNode ? [] : [new Stranger()],
            Wires = [new GrpcWire { Server = new GrpcServerOptions { Contracts = [await TestSchema.CompileAsync(Contract)] } }],
        });
        opened.Add(server);
        server.Map("shop.Shop/Find", (Query query) => query);
        server.Map("plain.Plain/Do", (int number) => number);
        var address = (await server.ListenAsync("grpc://127.0.0.1:0", cancellationToken: TestContext.Current.CancellationToken)).ToString().TrimEnd('/');
        var channel = await new Peer(address, new ConnectSettings()).OpenAsync(metadata: null, isJson: false, TestContext.Current.CancellationToken);
        opened.Add(channel);
        return [.. await GrpcLists.ReadServerAsync(channel, address, service, TestContext.Current.CancellationToken)];
    }

    private sealed record Query(string Name);

    /// <summary>Makes a node answer like a gRPC server that never heard of Hawser's own reflection.</summary>
    private sealed class Stranger : IServerInterceptor
    {
        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next) =>
            call.Method.FullName.StartsWith("hawser.Reflection/", StringComparison.Ordinal) ? throw new RpcException(StatusCode.Unimplemented, "What?") : next(call);
    }
}
