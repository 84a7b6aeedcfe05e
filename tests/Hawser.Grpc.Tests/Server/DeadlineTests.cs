using Hawser.Grpc.Tests.Server.Support;
using Hawser.Testing;

namespace Hawser.Grpc.Tests.Server;

/// <summary>The deadline ends a call, whatever its handler does.</summary>
public sealed class DeadlineTests : IAsyncLifetime
{
    private const int MaxCalls = 3;
    private const string Passed = "The deadline of the call of 'Test/Stubborn' has passed.";

    private readonly ManualTimeProvider clock = new();
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim started = new(0);
    private readonly TaskCompletionSource fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<byte[]> kept = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(
        map =>
        {
            map.Map("Test/Stubborn", async (byte[] _) =>
            {
                started.Release();
                await release.Task;
                return new byte[] { 1 };
            });
            map.Map("Test/Keep", async (ReadOnlyMemory<byte> message) =>
            {
                started.Release();
                await release.Task;
                kept.SetResult(message.ToArray());
            });
            map.Map("Test/Polite", async (byte[] _, CallContext call) =>
            {
                await using var registration = call.CancellationToken.Register(fired.SetResult);
                started.Release();
                await fired.Task;
                call.CancellationToken.ThrowIfCancellationRequested();
            });
            map.Map("Test/When", (byte[] _, CallContext call) => (call.Deadline?.ToString("O") ?? "never").ToBytes());
            map.Map("Test/Write", WriteForEver);
            map.Map("Test/Flood", Flood);
        },
        new HawserServerOptions
        {
            Wires = GrpcTestServer.Wires,
            TimeProvider = clock,
            Limits = new ConnectionLimits { MaxCallsInFlight = MaxCalls, KeepAliveInterval = null },
        });

    public async ValueTask DisposeAsync()
    {
        release.TrySetResult();
        await server.AssertServesAsync();
        await server.DisposeAsync();
        started.Dispose();
    }

    [Fact]
    public async Task A_handler_knows_its_deadline()
    {
        Assert.Equal("2026-01-01T00:00:05.0000000+00:00", (await server.Requests.CallAsync("Test/When", "", ("grpc-timeout", "5S"))).Text);
        Assert.Equal("never", (await server.Requests.CallAsync("Test/When", "")).Text);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_token_is_not_waited_for()
    {
        var reply = StartAsync("Test/Stubborn");
        await WaitForStartAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        var answer = await Patience.ForAsync(reply, "the status");
        Assert.Equal((StatusCode.DeadlineExceeded, Passed), (answer.Code, answer.Message));
        Assert.True(answer.IsTrailersOnly);
    }

    [Fact]
    public async Task A_handler_s_token_fires()
    {
        var reply = StartAsync("Test/Polite");
        await WaitForStartAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await Patience.ForAsync(fired.Task, "the token to fire");
        Assert.Equal(StatusCode.DeadlineExceeded, (await Patience.ForAsync(reply, "the status")).Code);
    }

    [Fact]
    public async Task What_a_handler_says_too_late_is_not_sent()
    {
        var late = StartAsync("Test/Stubborn");
        await WaitForStartAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty((await Patience.ForAsync(late, "the status")).Body);
        release.SetResult();
        for (var i = 0; i < 10; i++)
            Assert.Equal("next", (await server.Requests.CallAsync("Test/Echo", "next")).Text);
    }

    [Fact]
    public async Task An_abandoned_handler_s_bytes_stay_what_they_were()
    {
        var mine = new string('a', 2000);
        var late = server.Requests.CallAsync("Test/Keep", mine, ("grpc-timeout", "1S"));
        await WaitForStartAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Patience.ForAsync(late, "the status")).Code);

        // Kestrel reads these into the memory that it has back.
        for (var i = 0; i < 50; i++)
            await server.Requests.CallAsync("Test/Echo", new string('b', 2000));
        release.SetResult();
        Assert.Equal(mine.ToBytes(), await Patience.ForAsync(kept.Task, "the handler to end"));
    }

    [Fact]
    public async Task Abandoned_handlers_are_bounded()
    {
        for (var i = 0; i <= MaxCalls; i++)
        {
            var reply = StartAsync("Test/Stubborn");
            await WaitForStartAsync();
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(StatusCode.DeadlineExceeded, (await Patience.ForAsync(reply, "the status")).Code);
        }

        var refused = await server.Requests.CallAsync("Test/Echo", "x");
        Assert.Equal(StatusCode.ResourceExhausted, refused.Code);
        Assert.StartsWith("More than 3 handlers of this connection still run although their calls have ended", refused.Message, StringComparison.Ordinal);
        await server.AssertServesAsync();

        release.SetResult();
        var again = await server.Requests.CallAsync("Test/Echo", "x");
        for (; again.Code == StatusCode.ResourceExhausted; again = await server.Requests.CallAsync("Test/Echo", "x"))
            await Task.Yield();
        Assert.Equal(StatusCode.Ok, again.Code);
    }

    [Fact]
    public async Task Replies_that_were_sent_before_come_before_the_status()
    {
        using var request = server.Requests.Create("Test/Write", GrpcBody.Of(""), "application/grpc", ("grpc-timeout", "1S"));
        using var response = await server.Requests.StartAsync(request, TestContext.Current.CancellationToken);
        await WaitForStartAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        var reply = await Patience.ForAsync(GrpcReply.ReadAsync(response), "the rest of the response");
        Assert.Equal(StatusCode.DeadlineExceeded, reply.Code);
        Assert.Single(reply.Messages);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_already_ends_the_call()
    {
        var reply = StartAsync("Test/Stubborn", "0n");
        await WaitForStartAsync();
        clock.Advance(TimeSpan.Zero);
        Assert.Equal(StatusCode.DeadlineExceeded, (await Patience.ForAsync(reply, "the status")).Code);
    }

    [Fact]
    public async Task A_handler_that_waits_for_a_slow_reader_is_stopped()
    {
        using var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Flood", ("grpc-timeout", "1S")), Http2Peer.Data(1, GrpcBody.Of(""), endStream: true)]);
        var received = 0;
        await peer.ReadUntilAsync(frame => (received += frame.Type == Http2FrameType.Data ? frame.Payload.Length : 0) == 65535, "a whole window");
        clock.Advance(TimeSpan.FromSeconds(1));
        await Patience.ForAsync(fired.Task, "the handler to stop");

        // The connection's window is as empty as the stream's: with more of it the next call goes through.
        await peer.WriteAsync([Http2Peer.Grant(0, 1000), peer.RequestHeaders(3, "Test/When"), Http2Peer.Data(3, GrpcBody.Of(""), endStream: true)]);
        await peer.ReadUntilAsync(frame => frame is { StreamId: 3, Type: Http2FrameType.Data }, "the next call's reply");
    }

    private async IAsyncEnumerable<byte[]> Flood(byte[] request)
    {
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
            fired.SetResult();
        }
    }

    private Task<GrpcReply> StartAsync(string method, string timeout = "1S") => server.Requests.CallAsync(method, "", ("grpc-timeout", timeout));

    private async Task WaitForStartAsync() => await Patience.ForAsync(started.WaitAsync(TestContext.Current.CancellationToken), "the handler to start");

    private async IAsyncEnumerable<byte[]> WriteForEver(byte[] request)
    {
        yield return [1];
        started.Release();
        await release.Task;
        yield return [2];
    }
}
