using System.Buffers;
using System.Text;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Grpc;
using Hawser.Protobuf;
using Xunit;

namespace Hawser.Cli.Tests.Grpc;

public sealed class GrpcMethodsTests
{
    private const string Contract = "package shop; service Shop { rpc Find(Query) returns (Query); } message Query { string name = 1; }";

    private static readonly ProtoSettings Json = new() { Codec = "json" };

    [Fact]
    public async Task A_method_with_a_schema_is_called_in_protobuf()
    {
        await using var server = await StartAsync(contracts: [await TestSchema.CompileAsync(Contract)]);
        Assert.Equal("proto", (await DescribeAsync(server, "shop.Shop/Find"))!.Description.Codec);
    }

    [Fact]
    public async Task A_handler_without_a_contract_is_called_in_JSON()
    {
        await using var server = await StartAsync();
        Assert.Equal("json", (await DescribeAsync(server, "shop.Shop/Find"))!.Description.Codec);
    }

    [Fact]
    public async Task A_handler_without_a_contract_is_not_called_in_protobuf()
    {
        await using var server = await StartAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(server, "shop.Shop/Find", new ProtoSettings { Codec = "proto" }));
        Assert.Equal(StatusCode.Unimplemented, failure.Code);
    }

    [Fact]
    public async Task A_reply_may_hold_any_type_that_the_server_knows()
    {
        await using var server = await StartAsync(contracts:
        [
            await TestSchema.CompileAsync("""import "google/protobuf/any.proto"; package shop; service Shop { rpc Find(google.protobuf.Any) returns (google.protobuf.Any); }"""),
            await ProtoCompiler.Default.CompileAsync(
                ProtoSources.FromText("""syntax = "proto3"; package other; service Other { rpc Do(Thing) returns (Thing); } message Thing { int32 size = 1; }""", "other.proto"),
                TestContext.Current.CancellationToken),
        ]);
        const string Any = """{"@type":"type.googleapis.com/other.Thing","size":7}""";
        var format = (await DescribeAsync(server, "shop.Shop/Find"))!.Format;
        var message = format.ToMessage(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Any)));
        var output = new ArrayBufferWriter<byte>();
        format.WriteJson(message, output);
        Assert.Equal(Any, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public async Task A_server_that_does_not_tell_needs_files()
    {
        await using var server = await StartAsync(reflection: false);
        var failure = await Assert.ThrowsAsync<CommandException>(() => DescribeAsync(server, "shop.Shop/Find"));
        Assert.Contains("use --proto FILE, --descriptor-set FILE or --codec json", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, failure.ExitCode);
    }

    [Fact]
    public async Task JSON_is_called_without_knowing_more()
    {
        await using var server = await StartAsync(reflection: false);
        Assert.Null(await DescribeAsync(server, "shop.Shop/Find", Json));
        Assert.Equal(ExitCode.Ok, await HawserCommand.RunAsync(["call", server.Address, "shop.Shop/Find", """{"name":"tea"}""", "--codec", "json"]));
    }

    [Fact]
    public async Task A_method_that_is_not_there_has_the_status_that_calling_it_would_have()
    {
        await using var server = await StartAsync(contracts: [await TestSchema.CompileAsync(Contract)]);
        var failure = await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(server, "shop.Shop/Fnd"));
        Assert.Equal(StatusCode.Unimplemented, failure.Code);
        Assert.Contains("Nearest: 'shop.Shop/Find'", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_about_a_method_carry_the_metadata_of_the_call()
    {
        await using var server = await StartAsync(contracts: [await TestSchema.CompileAsync(Contract)], interceptors: [new Guard()]);
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(server, "shop.Shop/Find"))).Code);
        Assert.NotNull(await DescribeAsync(server, "shop.Shop/Find", metadata: new Metadata().Add("authorization", "yes")));
    }

    private static async Task<CalledMethod?> DescribeAsync(RunningServer server, string method, ProtoSettings? settings = null, Metadata? metadata = null)
    {
        var target = new CallTarget(server.Address, method, new ConnectSettings()) { Messages = settings ?? ProtoSettings.Default, Metadata = metadata };
        await using var channel = await target.ConnectAsync(TestContext.Current.CancellationToken);
        return await target.DescribeAsync(channel, TestContext.Current.CancellationToken);
    }

    private static async Task<RunningServer> StartAsync(
        bool reflection = true, IReadOnlyList<ProtoSchema>? contracts = null, IReadOnlyList<IServerInterceptor>? interceptors = null)
    {
        var server = new HawserServer(new HawserServerOptions
        {
            Interceptors = interceptors ?? [],
            Reflection = reflection,
            Wires = [new GrpcWire { Server = new GrpcServerOptions { Contracts = contracts ?? [] } }],
        });
        server.Map("shop.Shop/Find", (Query query) => query);
        server.Map("other.Other/Do", (Query query) => query);
        var address = await server.ListenAsync("grpc://127.0.0.1:0", cancellationToken: TestContext.Current.CancellationToken);
        return new RunningServer(server, address.ToString().TrimEnd('/'));
    }

    private sealed record Query(string Name);

    private sealed record RunningServer(HawserServer Server, string Address) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private sealed class Guard : IServerInterceptor
    {
        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next) =>
            call.RequestMetadata["authorization"] is null ? throw new RpcException(StatusCode.Unauthenticated, "Who are you?") : next(call);
    }
}
