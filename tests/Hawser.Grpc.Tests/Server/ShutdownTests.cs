using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>A server that stops lets its calls finish, and says so to those who would start more.</summary>
public sealed class ShutdownTests : IAsyncLifetime
{
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(map => map.Map("Test/Hold", async (byte[] message) =>
    {
        started.SetResult();
        await release.Task;
        return message;
    }));

    public ValueTask DisposeAsync()
    {
        release.TrySetResult();
        return server.DisposeAsync();
    }

    [Fact]
    public async Task Calls_in_flight_finish_and_new_ones_are_refused_as_not_processed()
    {
        using var peer = await HoldAsync();
        var stopping = server.Server.StopAsync(Patience.Limit, TestContext.Current.CancellationToken);
        await peer.ReadUntilAsync(frame => frame.Type == Http2FrameType.GoAway, "GOAWAY");
        Assert.False(stopping.IsCompleted);

        await peer.WriteAsync([peer.RequestHeaders(3, "Test/Echo"), Http2Peer.Data(3, GrpcBody.Of("x"), endStream: true)]);
        var refusal = await peer.ReadUntilAsync(frame => frame.StreamId == 3, "the refusal");
        Assert.Equal(Http2FrameType.ResetStream, refusal.Type);
        Assert.Equal([0, 0, 0, 7], refusal.Payload);

        release.SetResult();
        var reply = await peer.ReadUntilAsync(frame => frame is { StreamId: 1, Type: Http2FrameType.Data }, "the reply of the call in flight");
        Assert.Equal(GrpcBody.Of("held"), reply.Payload);
        await peer.ReadToEndAsync();
        await Patience.ForAsync(stopping, "the server to stop");
    }

    [Fact]
    public async Task What_does_not_finish_in_time_is_reset()
    {
        using var peer = await HoldAsync();
        await Patience.ForAsync(server.Server.StopAsync(TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken), "the server to stop");
        await peer.ReadToEndAsync();
        Assert.Empty(server.Server.Connections);
        Assert.Empty(server.Server.Addresses);
    }

    [Fact]
    public async Task Disposing_stops_at_once()
    {
        using var peer = await HoldAsync();
        await Patience.ForAsync(server.Server.DisposeAsync().AsTask(), "the server to stop");
        await peer.ReadToEndAsync();
    }

    [Fact]
    public async Task A_server_without_calls_stops_at_once()
    {
        Assert.Equal("x", (await server.Requests.CallAsync("Test/Echo", "x")).Text);
        await Patience.ForAsync(server.Server.StopAsync(TimeSpan.FromDays(1), TestContext.Current.CancellationToken), "the server to stop");
    }

    private async Task<Http2Peer> HoldAsync()
    {
        var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Hold"), Http2Peer.Data(1, GrpcBody.Of("held"), endStream: true)]);
        await Patience.ForAsync(started.Task, "the call to start");
        return peer;
    }
}
