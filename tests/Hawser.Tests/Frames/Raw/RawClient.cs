namespace Hawser.Tests.Frames.Raw;

/// <summary>A real channel whose server is a raw peer.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private RawClient(ConnectionLimits? limits, TimeProvider? time) => Channel = HawserChannel.Connect("raw:test", new HawserChannelOptions
    {
        Limits = limits ?? new ConnectionLimits(),
        TimeProvider = time ?? TimeProvider.System,
        Transports = [Transport],
    });

    public HawserChannel Channel { get; }

    public RawTransport Transport { get; } = new();

    public static RawClient Create(ConnectionLimits? limits = null, TimeProvider? time = null) => new(limits, time);

    /// <summary>Connects, and gives the server's end.</summary>
    public async Task<RawPeer> ConnectAsync(params (ulong Id, ulong Value)[] settings)
    {
        var connecting = Channel.OpenAsync();
        var peer = await Transport.AcceptAsync();
        await peer.HandshakeAsync(settings);
        await connecting;
        return peer;
    }

    public ValueTask DisposeAsync()
    {
        Transport.CutAll();
        return Channel.DisposeAsync();
    }
}
