using Hawser.Frames;
using Hawser.Testing;

namespace Hawser.Tests.Frames.Raw;

/// <summary>A real server that raw peers connect to. Its clock stands still unless the test moves it, so that no time runs out on a slow machine.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly RawTransport transport = new();

    private RawServer(ConnectionLimits? limits, TimeProvider? time)
    {
        Server = new HawserServer(new HawserServerOptions
        {
            Limits = limits ?? new ConnectionLimits(),
            TimeProvider = time ?? new ManualTimeProvider(),
            Transports = [transport],
        });
        Server.Map("Test/Echo", (byte[] message) => message);
    }

    public HawserServer Server { get; }

    public RawTransport Transport => transport;

    public static async Task<RawServer> StartAsync(ConnectionLimits? limits = null, TimeProvider? time = null)
    {
        var server = new RawServer(limits, time);
        await server.Server.ListenAsync("raw:test");
        return server;
    }

    /// <summary>A peer that has exchanged hellos.</summary>
    public async Task<RawPeer> ConnectAsync(params (ulong Id, ulong Value)[] settings)
    {
        var peer = transport.Connect();
        await peer.HandshakeAsync(settings);
        return peer;
    }

    /// <summary>A peer that has announced <c>Test/Echo</c> as route 1, and had one call answered.</summary>
    public async Task<RawPeer> ConnectWithEchoAsync()
    {
        var peer = await ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Echo"));
        await EchoAsync(peer, 1);
        return peer;
    }

    /// <summary>Has one call of the echo answered.</summary>
    public static async Task EchoAsync(RawPeer peer, ulong id)
    {
        await peer.SendAsync(FrameBytes.Call(id, 1, "ahoy"u8));
        var reply = await peer.ReadAsync(FrameType.Message);
        Assert.Equal(FrameFlags.End, reply.Flags);
        Assert.Equal([.. FrameBytes.Number(id), .. "ahoy"u8], reply.Body);
    }

    public ValueTask DisposeAsync()
    {
        transport.CutAll();
        return Server.DisposeAsync();
    }
}
