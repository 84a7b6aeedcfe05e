using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.States;

/// <summary>Edges of the calls' state machines in <c>docs/states.md</c> that no other test takes.</summary>
public sealed class CallStateTests
{
    private readonly ManualTimeProvider time = new();

    [Fact(Timeout = Hang)]
    public async Task A_caller_holds_back_what_the_callee_does_not_take_yet()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 1));
        var first = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        var second = client.Channel.CallAsync<byte[], byte[]>("A/B", [2]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Ping(7));
        Assert.Equal(FrameType.Pong, (await peer.ReadAsync()).Type);
        await peer.SendAsync(FrameBytes.Finish(1, StatusCode.NotFound, "none"));
        await Assert.ThrowsAsync<RpcException>(() => first.WaitAsync(RawPeer.Patience));
        Assert.Equal(3UL, (await peer.ReadAsync(FrameType.Call)).Numbers(1)[0]);
        await peer.SendAsync(FrameBytes.Message(3, "ok"u8, FrameFlags.End));
        Assert.Equal("ok"u8.ToArray(), await second.WaitAsync(RawPeer.Patience));
    }

    [Fact(Timeout = Hang)]
    public async Task A_waiting_call_whose_caller_gives_up_is_never_sent()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 1));
        using var source = new CancellationTokenSource();
        var first = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        var second = client.Channel.CallAsync<byte[], byte[]>("A/B", [2], source.Token).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => second.WaitAsync(RawPeer.Patience));
        await peer.SendAsync(FrameBytes.Message(1, "ok"u8, FrameFlags.End));
        await first.WaitAsync(RawPeer.Patience);
        await peer.SendAsync(FrameBytes.Ping(7));
        Assert.Equal(FrameType.Pong, (await peer.ReadAsync()).Type);
    }

    [Fact(Timeout = Hang)]
    public async Task A_deadline_resets_the_call()
    {
        await using var client = RawClient.Create(time: time);
        var peer = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>("A/B", [1], new CallOptions { Timeout = TimeSpan.FromSeconds(5) }).AsTask();
        await peer.ReadAsync(FrameType.Call);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([1, (ulong)StatusCode.DeadlineExceeded], (await peer.ReadAsync(FrameType.Reset)).Numbers(2));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => reply.WaitAsync(RawPeer.Patience))).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_reset_by_the_callee_ends_the_call_with_its_status()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync();
        var reply = client.Channel.CallAsync<byte[], byte[]>("A/B", [1]).AsTask();
        await peer.ReadAsync(FrameType.Call);
        await peer.SendAsync(FrameBytes.Reset(1, StatusCode.Aborted, "enough"));
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(() => reply.WaitAsync(RawPeer.Patience))).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_that_throws_finishes_its_call()
    {
        await using var server = await RawServer.StartAsync();
        server.Server.Map("Test/Fail", byte[] (byte[] message) => throw new RpcException(StatusCode.DataLoss, "gone"));
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Fail"), FrameBytes.Call(1, 1, "x"u8));
        Assert.Equal([1, (ulong)StatusCode.DataLoss], (await peer.ReadAsync(FrameType.Finish)).Numbers(2));
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_learns_that_the_connection_is_lost()
    {
        await using var server = await RawServer.StartAsync();
        var started = new TaskCompletionSource();
        var lost = new TaskCompletionSource();
        server.Server.Map("Test/Wait", async (byte[] message, CallContext call) =>
        {
            await using var registration = call.CancellationToken.Register(lost.SetResult);
            started.SetResult();
            await lost.Task;
            return message;
        });
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Wait"), FrameBytes.Call(1, 1, "x"u8));
        await started.Task.WaitAsync(RawPeer.Patience);
        peer.Cut();
        await lost.Task.WaitAsync(RawPeer.Patience);
    }

    [Fact(Timeout = Hang)]
    public async Task A_message_over_the_limit_ends_its_call_only()
    {
        await using var server = await RawServer.StartAsync(new ConnectionLimits { MaxMessageSize = 1000 });
        server.Server.Map("Test/Count", async (IAsyncEnumerable<byte[]> messages) => await messages.CountAsync());
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Count", Body.Stream), FrameBytes.Open(1, 1), FrameBytes.Message(1, new byte[2000]));
        var finish = await peer.ReadAsync(FrameType.Finish);
        Assert.Equal([1, (ulong)StatusCode.ResourceExhausted], finish.Numbers(2));
        Assert.Contains("MaxMessageSize", finish.Text(2), StringComparison.Ordinal);
        await peer.SendAsync(FrameBytes.Route(2, "Test/Echo"), FrameBytes.Call(3, 2, "ahoy"u8));
        await peer.ReadAsync(FrameType.Message);
    }

    [Fact(Timeout = Hang)]
    public async Task Cancelled_calls_give_back_the_half_messages_they_held()
    {
        await using var client = RawClient.Create(new ConnectionLimits { MaxAssemblySize = 1 << 20 });
        var peer = await client.ConnectAsync((3, 10));
        var method = new Method("Test/Stream", Body.Empty, Body.Stream);
        var piece = new byte[60_000];
        for (ulong id = 1; id < 20; id += 2)
        {
            await using var call = await client.Channel.StartAsync(method);
            await peer.ReadAsync(FrameType.Call);
            for (var i = 0; i < 8; i++)
                await peer.SendAsync(FrameBytes.Message(id, piece, FrameFlags.More));
            await peer.SendAsync(FrameBytes.Ping(id));
            await peer.ReadAsync(FrameType.Pong);
            call.Cancel();
            await peer.ReadAsync(FrameType.Reset);
        }

        await using var last = await client.Channel.StartAsync(method);
        await peer.ReadAsync(FrameType.Call);
        for (var i = 0; i < 8; i++)
            await peer.SendAsync(FrameBytes.Message(21, piece, FrameFlags.More));
        await peer.SendAsync(FrameBytes.Message(21, "end"u8), FrameBytes.Finish(21));
        Assert.True(await last.ReadAsync(), last.Status?.ToString());
        Assert.Equal((8 * piece.Length) + 3, last.Message.Length);
    }
}
