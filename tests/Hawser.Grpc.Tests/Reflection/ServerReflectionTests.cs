using Google.Protobuf.WellKnownTypes;
using Hawser.Grpc.Reflection;
using Hawser.Protobuf;
using Hawser.Protobuf.Reflection;

namespace Hawser.Grpc.Tests.Reflection;

/// <summary>What a server tells of itself, as its callers read it.</summary>
public sealed class ServerReflectionTests
{
    [Fact(Timeout = Hang)]
    public async Task Services_are_listed_with_those_of_gRPC_itself()
    {
        await using var server = NewServer();
        server.Map("clock.Clock/Now", () => new Timestamp());
        await using var channel = await ConnectAsync(server);

        var services = await ServerReflection.ListServicesAsync(channel);

        Assert.Contains("clock.Clock", services);
        Assert.Contains("grpc.reflection.v1.ServerReflection", services);
        Assert.Contains("grpc.reflection.v1alpha.ServerReflection", services);
    }

    [Fact(Timeout = Hang)]
    public async Task Handlers_of_generated_messages_have_a_schema_although_nobody_declared_their_service()
    {
        await using var server = NewServer();
        server.Map("clock.Clock/Now", () => new Timestamp());
        server.Map("clock.Clock/Wait", (Duration duration, CancellationToken cancellationToken) => Ticks());
        await using var channel = await ConnectAsync(server);

        var schema = await ServerReflection.ReadAsync(channel, "clock.Clock");

        var now = schema.FindMethod("clock.Clock/Now")!;
        var wait = schema.FindMethod("clock.Clock/Wait")!;
        Assert.Equal(("google.protobuf.Empty", "google.protobuf.Timestamp", false), (now.Input.FullName, now.Output.FullName, now.ServerStreaming));
        Assert.Equal(("google.protobuf.Duration", "google.protobuf.Timestamp", true), (wait.Input.FullName, wait.Output.FullName, wait.ServerStreaming));
    }

    [Fact(Timeout = Hang)]
    public async Task Endpoints_that_come_later_are_told_of()
    {
        await using var server = NewServer();
        await using var channel = await ConnectAsync(server);
        Assert.DoesNotContain("clock.Clock", await ServerReflection.ListServicesAsync(channel));

        server.Map("clock.Clock/Now", () => new Timestamp());

        Assert.Contains("clock.Clock", await ServerReflection.ListServicesAsync(channel));
    }

    [Fact(Timeout = Hang)]
    public async Task Everything_is_read_at_once_and_what_has_no_schema_is_left_out()
    {
        await using var server = NewServer();
        server.Map("clock.Clock/Now", () => new Timestamp());
        server.Map("plain.Plain/Types", (int number) => number);
        await using var channel = await ConnectAsync(server);

        var schema = await ServerReflection.ReadAllAsync(channel);

        Assert.NotNull(schema.FindService("clock.Clock"));
        Assert.NotNull(schema.FindService("grpc.reflection.v1.ServerReflection"));
        Assert.Null(schema.FindService("plain.Plain"));
    }

    [Theory(Timeout = Hang)]
    [InlineData("no.such.Symbol")]
    [InlineData("plain.Plain")]
    public async Task What_is_not_known_is_not_found(string symbol)
    {
        await using var server = NewServer();
        server.Map("plain.Plain/Types", (int number) => number);
        await using var channel = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<RpcException>(() => ServerReflection.ReadAsync(channel, symbol));

        Assert.Equal(StatusCode.NotFound, failure.Code);
        Assert.Contains(symbol, failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_without_reflection_says_so()
    {
        await using var server = NewServer(reflection: false);
        await using var channel = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<RpcException>(() => ServerReflection.ListServicesAsync(channel));

        Assert.Equal(StatusCode.Unimplemented, failure.Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_knows_only_the_older_version_is_asked_in_it()
    {
        await using var server = NewServer(reflection: false);
        server.Endpoints.Add(new ReflectionEndpoint(ServerReflection.AlphaService, () => new ServedSchema(["old.Service"], ProtoSchema.Empty)));
        await using var channel = await ConnectAsync(server);

        Assert.Equal(["old.Service"], await ServerReflection.ListServicesAsync(channel));
    }

    [Theory(Timeout = Hang)]
    [InlineData(0, StatusCode.Unknown)]
    [InlineData(-1, StatusCode.Unknown)]
    [InlineData(99, StatusCode.Unknown)]
    [InlineData(7, StatusCode.PermissionDenied)]
    public async Task An_error_of_the_server_is_a_status_that_gRPC_has(int code, StatusCode expected)
    {
        await using var server = NewServer(reflection: false);
        server.Map(
            $"{ServerReflection.Service}/ServerReflectionInfo",
            (IAsyncEnumerable<ServerReflectionRequest> requests) =>
                requests.Select(_ => new ServerReflectionResponse { ErrorResponse = new ErrorResponse { ErrorCode = code, ErrorMessage = "go away" } }));
        await using var channel = await ConnectAsync(server);

        var failure = await Assert.ThrowsAsync<RpcException>(() => ServerReflection.ListServicesAsync(channel));

        Assert.Equal(expected, failure.Code);
        Assert.Contains("go away", failure.Status.Text, StringComparison.Ordinal);
    }

    private static HawserServer NewServer(bool reflection = true) =>
        new(new HawserServerOptions { Codec = ProtobufCodec.Default, Wires = [new GrpcWire()], Reflection = reflection });

    private static async Task<HawserChannel> ConnectAsync(HawserServer server)
    {
        var address = await server.ListenAsync("grpc://127.0.0.1:0");
        return HawserChannel.Connect(address.OriginalString, new HawserChannelOptions { Wires = [new GrpcWire()] });
    }

    private static async IAsyncEnumerable<Timestamp> Ticks()
    {
        yield return new Timestamp();
        await Task.CompletedTask;
    }
}
