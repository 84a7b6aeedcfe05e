using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>Callers that go away, in every way they can.</summary>
public sealed class CancellationTests : IAsyncLifetime
{
    private readonly TaskCompletionSource<CallContext> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<StatusCode> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(map =>
    {
        map.Map("Test/Wait", async (byte[] _, CallContext call) =>
        {
            started.SetResult(call);
            var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = call.CancellationToken.Register(fired.SetResult);
            await fired.Task;
            ended.SetResult(StatusCode.Cancelled);
            return Array.Empty<byte>();
        });
        map.Map("Test/Read", async (IAsyncEnumerable<byte[]> messages, CallContext call) =>
        {
            started.SetResult(call);
            try
            {
                return new byte[] { (byte)await messages.CountAsync() };
            }
            catch (RpcException failure)
            {
                ended.SetResult(failure.Code);
                throw;
            }
        });
        map.Map("Test/Write", (byte[] _, CallContext call) => WriteForEver(call));
        map.Map("Test/Octets", (byte[] _) => (Stream)new MemoryStream(new byte[1 << 20]));
    });

    public async ValueTask DisposeAsync()
    {
        await server.AssertServesAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_that_cancels_fires_the_token()
    {
        using var cancellation = new CancellationTokenSource();
        using var request = server.Requests.Create("Test/Wait", GrpcBody.Of(""));
        var response = server.Requests.StartAsync(request, cancellation.Token);
        await Patience.ForAsync(started.Task, "the handler to start");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
        await Patience.ForAsync(ended.Task, "the handler's token to fire");
    }

    [Fact]
    public async Task A_download_whose_connection_is_lost_ends_although_octets_are_left()
    {
        var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Octets"), Http2Peer.Data(1, GrpcBody.Of(""), endStream: true)]);
        var received = 0;
        await peer.ReadUntilAsync(frame => (received += frame.Type == Http2FrameType.Data ? frame.Payload.Length : 0) == 65535, "a whole window");
        var connection = server.Server.Connections.Single();
        peer.Dispose();
        await Patience.UntilAsync(() => connection.GetStatistics().CallsInFlight == 0, "the call to end");
    }

    [Fact]
    public async Task A_lost_connection_fires_the_token()
    {
        var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Wait"), Http2Peer.Data(1, GrpcBody.Of(""), endStream: true)]);
        var call = await Patience.ForAsync(started.Task, "the handler to start");
        peer.Dispose();
        await Patience.ForAsync(ended.Task, "the handler's token to fire");
        Assert.True(call.CancellationToken.IsCancellationRequested);
        await Patience.UntilAsync(() => server.Server.Connections.Count == 0, "the connection is forgotten");
    }

    [Fact]
    public async Task A_reset_in_mid_message_cuts_the_stream()
    {
        using var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Read"), Http2Peer.Data(1, [.. GrpcBody.Of("whole"), .. GrpcBody.Of("in the middle")[..9]])]);
        await Patience.ForAsync(started.Task, "the handler to start");
        await peer.WriteAsync(Http2Peer.Reset(1));
        Assert.Equal(StatusCode.Cancelled, await Patience.ForAsync(ended.Task, "the stream to be cut"));

        // The connection goes on.
        await peer.WriteAsync([peer.RequestHeaders(3, "Test/Echo"), Http2Peer.Data(3, GrpcBody.Of("next"), endStream: true)]);
        var answer = await peer.ReadUntilAsync(frame => frame is { Type: Http2FrameType.Data, StreamId: 3 }, "the next call's reply");
        Assert.Equal(GrpcBody.Of("next"), answer.Payload);
    }

    [Fact]
    public async Task A_connection_lost_in_mid_message_is_told_from_a_cancellation()
    {
        var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Read"), Http2Peer.Data(1, GrpcBody.Of("in the middle")[..9])]);
        await Patience.ForAsync(started.Task, "the handler to start");
        peer.Dispose();
        Assert.Equal(StatusCode.Unavailable, await Patience.ForAsync(ended.Task, "the stream to be cut"));
    }

    [Fact]
    public async Task A_caller_that_leaves_a_stream_of_replies_stops_its_handler()
    {
        var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Write"), Http2Peer.Data(1, GrpcBody.Of(""), endStream: true)]);
        await peer.ReadUntilAsync(frame => frame.Type == Http2FrameType.Data, "the first reply");
        peer.Dispose();
        await Patience.ForAsync(ended.Task, "the handler to stop");
    }

    [Fact]
    public async Task A_reset_stops_a_handler_that_waits_for_a_slow_reader()
    {
        using var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Write"), Http2Peer.Data(1, GrpcBody.Of(""), endStream: true)]);
        var received = 0;

        // What the windows allow comes at once; then the handler waits, since this reader grants no more.
        await peer.ReadUntilAsync(frame => (received += frame.Type == Http2FrameType.Data ? frame.Payload.Length : 0) == 65535, "a whole window");
        Assert.False(ended.Task.IsCompleted);
        await peer.WriteAsync(Http2Peer.Reset(1));
        await Patience.ForAsync(ended.Task, "the handler to stop");
    }

    [Fact]
    public async Task Thousands_of_rapid_resets_harm_nobody_else()
    {
        using var peer = await server.OpenAsync();
        try
        {
            for (var batch = 0; batch < 100; batch++)
            {
                await peer.WriteAsync(Enumerable.Range(batch * 100, 100).SelectMany(call => new[] { peer.RequestHeaders((2 * call) + 1, "Test/Echo"), Http2Peer.Reset((2 * call) + 1) }));
            }
        }
        catch (IOException)
        {
            // The server has had enough of this connection.
        }

        await server.AssertServesAsync();
        Assert.Equal("x", (await server.Requests.CallAsync("Test/Echo", "x")).Text);
    }

    private async IAsyncEnumerable<byte[]> WriteForEver(CallContext call)
    {
        started.SetResult(call);
        try
        {
            while (true)
            {
                yield return new byte[1000];
                await Task.Yield();
            }
        }
        finally
        {
            ended.SetResult(StatusCode.Ok);
        }
    }
}
