using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Health;

/// <summary><c>grpc.health.v1.Health</c> as any caller sees it, byte by byte.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private const string Check = "grpc.health.v1.Health/Check";
    private const string Watch = "grpc.health.v1.Health/Watch";
    private const byte Serving = 1;
    private const byte NotServing = 2;
    private const byte ServiceUnknown = 3;

    private readonly ServerHealth health = new();
    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() =>
        server = await GrpcTestServer.StartAsync(options: new HawserServerOptions { Wires = [new GrpcWire { Server = new GrpcServerOptions { Health = health } }] });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("Test")]
    public async Task What_is_served_is_healthy(string service) => Assert.Equal(Serving, await CheckAsync(service));

    [Theory]
    [InlineData("Tes")]
    [InlineData("Test/Echo")]
    [InlineData("Nothing")]
    public async Task What_is_not_served_is_not_found(string service)
    {
        var reply = await server.Requests.CallAsync(Check, Request(service));
        Assert.Equal((StatusCode.NotFound, $"No service '{service}' is served here, and no status was set for it."), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task A_status_can_be_set_for_the_whole_and_for_each_service()
    {
        health.Set(ServerHealth.Overall, ServingStatus.NotServing);
        Assert.Equal((NotServing, NotServing), (await CheckAsync(""), await CheckAsync("Test")));
        health.Set("Test", ServingStatus.Serving);
        health.Set("Elsewhere", ServingStatus.Unknown);
        Assert.Equal((NotServing, Serving, 0), (await CheckAsync(""), await CheckAsync("Test"), await CheckAsync("Elsewhere")));
        Assert.True(health.Clear("Test"));
        Assert.False(health.Clear("Test"));
        Assert.Equal(NotServing, await CheckAsync("Test"));
    }

    [Fact]
    public async Task Watching_tells_of_every_change()
    {
        await using var watch = await WatchAsync("Test");
        Assert.Equal(Serving, await ReadAsync(watch));
        health.Set("Test", ServingStatus.NotServing);
        Assert.Equal(NotServing, await ReadAsync(watch));
        health.Set("Test", ServingStatus.NotServing);
        health.Set("Test", ServingStatus.Serving);
        Assert.Equal(Serving, await ReadAsync(watch));
    }

    [Fact]
    public async Task Watching_a_service_that_is_not_served_waits_for_it()
    {
        await using var watch = await WatchAsync("Later");
        Assert.Equal(ServiceUnknown, await ReadAsync(watch));
        server.Server.Map("Later/Method", (byte[] message) => message);
        Assert.Equal(Serving, await ReadAsync(watch));
        server.Server.Endpoints.Remove("Later/Method");
        Assert.Equal(ServiceUnknown, await ReadAsync(watch));
    }

    [Fact]
    public async Task A_server_that_stops_serves_nothing()
    {
        using var request = server.Requests.Create(Watch, Request("Test"));
        using var response = await server.Requests.StartAsync(request, TestContext.Current.CancellationToken);
        await using var watch = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Serving, await ReadAsync(watch));
        var stopping = server.Server.StopAsync(Patience.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(NotServing, await ReadAsync(watch));
        Assert.Equal(0, await watch.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal("14", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
        await Patience.ForAsync(stopping, "the server to stop, which a watching caller must not hold up");
    }

    [Fact]
    public async Task A_request_that_is_none_is_refused()
    {
        var reply = await server.Requests.CallAsync(Check, GrpcBody.Of([0xFF]));
        Assert.Equal(StatusCode.InvalidArgument, reply.Code);
    }

    [Fact]
    public async Task Health_can_be_left_out()
    {
        await using var without = await GrpcTestServer.StartAsync(
            options: new HawserServerOptions { Wires = [new GrpcWire { Server = new GrpcServerOptions { Health = null } }] });
        Assert.Equal(StatusCode.Unimplemented, (await without.Requests.CallAsync(Check, [])).Code);
    }

    [Fact]
    public async Task An_endpoint_of_the_user_s_own_goes_first()
    {
        server.Server.Map(Check, (byte[] _) => new byte[] { 42 });
        Assert.Equal([42], (await server.Requests.CallAsync(Check, Request(""))).Messages[0].Bytes);
    }

    [Fact]
    public void A_status_that_there_is_not_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => health.Set("Test", (ServingStatus)3));
        Assert.Throws<ArgumentException>(() => health.Clear(ServerHealth.Overall));
    }

    private static byte[] Request(string service) => GrpcBody.Of(service.Length == 0 ? [] : [0x0A, (byte)service.Length, .. service.ToBytes()]);

    /// <summary>The status in a response, whose field 1 it is; 0 travels as nothing.</summary>
    private static int Status(byte[] response) => response.Length == 0 ? 0 : response[1];

    private async Task<int> CheckAsync(string service) => Status(Assert.Single((await server.Requests.CallAsync(Check, Request(service))).Messages).Bytes);

    private async Task<Stream> WatchAsync(string service)
    {
        using var request = server.Requests.Create(Watch, Request(service));
        var response = await server.Requests.StartAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<int> ReadAsync(Stream watch)
    {
        var message = new byte[7];
        await Patience.ForAsync(watch.ReadExactlyAsync(message, TestContext.Current.CancellationToken).AsTask(), "a status");
        return Status(message[5..]);
    }
}
