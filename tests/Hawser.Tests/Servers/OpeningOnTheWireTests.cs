using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Servers;

/// <summary>What a peer sees, byte for byte, of a server that asks before it opens a connection.</summary>
public sealed class OpeningOnTheWireTests : IAsyncDisposable
{
    private readonly RawTransport transport = new();
    private readonly TaskCompletionSource<Status> decision = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HawserServer? server;

    [Fact]
    public async Task The_hello_comes_when_the_peer_has_been_accepted()
    {
        var peer = await ConnectAsync();
        decision.SetResult(Status.Ok);

        await peer.ReadGreetingAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Echo"));
        await RawServer.EchoAsync(peer, 1);
    }

    [Fact]
    public async Task A_refused_peer_gets_close_in_the_hello_s_stead()
    {
        var peer = await ConnectAsync();
        decision.SetResult(new Status(StatusCode.PermissionDenied, "not you"));

        Assert.Equal(FrameBytes.Preface(), await peer.TakeAsync(8));
        var close = await peer.ReadAsync();
        Assert.Equal(FrameType.Close, close.Type);
        Assert.Equal((StatusCode.PermissionDenied, "not you"), ((StatusCode)close.Numbers(1)[0], close.Text(1)));
    }

    [Fact]
    public async Task A_peer_that_calls_before_it_was_accepted_breaks_the_protocol()
    {
        var peer = await ConnectAsync();
        await peer.SendAsync([.. FrameBytes.Route(1, "Test/Echo"), .. FrameBytes.Call(1, 1, "x"u8)]);

        Assert.Equal(FrameBytes.Preface(), await peer.TakeAsync(8));
        Assert.Equal(StatusCode.Internal, (await peer.ReadCloseAsync()).Code);
        decision.SetResult(Status.Ok);
    }

    [Fact]
    public async Task A_second_hello_while_the_server_decides_is_a_violation()
    {
        var peer = await ConnectAsync();
        await peer.SendAsync(FrameBytes.Hello());

        Assert.Equal(FrameBytes.Preface(), await peer.TakeAsync(8));
        Assert.Contains("second hello", (await peer.ReadCloseAsync()).Reason, StringComparison.Ordinal);
        decision.SetResult(Status.Ok);
    }

    [Fact]
    public async Task The_callback_s_token_fires_when_the_link_is_lost_meanwhile()
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var peer = await ConnectAsync(token => token.Register(lost.SetResult));

        peer.Cut();
        await lost.Task.WaitAsync(RawPeer.Patience);
        decision.SetResult(Status.Ok);
    }

    public async ValueTask DisposeAsync()
    {
        transport.CutAll();
        if (server is not null)
            await server.DisposeAsync();
    }

    /// <summary>A peer that has said hello, and whose server is asking.</summary>
    private async Task<RawPeer> ConnectAsync(Action<CancellationToken>? onAsked = null)
    {
        server = new HawserServer(new HawserServerOptions
        {
            TimeProvider = new ManualTimeProvider(),
            Transports = [transport],
            ConnectionOpening = async (_, token) =>
            {
                onAsked?.Invoke(token);
                asked.SetResult();
                return await decision.Task;
            },
        });
        server.Map("Test/Echo", (byte[] message) => message);
        await server.ListenAsync("raw:test");
        var peer = transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Hello());
        await asked.Task.WaitAsync(RawPeer.Patience);
        return peer;
    }
}
