using Hawser.Transports;

namespace Hawser.Conformance.Calls;

/// <summary>A server, and a channel to it, over the wire under test.</summary>
public sealed class Peers : IAsyncDisposable
{
    private readonly WireUnderTest _wire;
    private readonly PeerSettings _settings;
    private readonly List<HawserChannel> _more = [];

    private Peers(WireUnderTest wire, PeerSettings settings)
    {
        _wire = wire;
        _settings = settings;
        ServerTransport = NewTransport();
        ChannelTransport = NewTransport();
        Server = NewServer(ServerTransport);
    }

    public HawserServer Server { get; }

    public HawserChannel Channel { get; private set; } = null!;

    public string Address { get; private set; } = "";

    public TappedTransport ServerTransport { get; }

    public TappedTransport ChannelTransport { get; }

    /// <summary>Starts a server and makes a channel to it, which connects when it is first used.</summary>
    public static async Task<Peers> StartAsync(WireUnderTest wire, PeerSettings settings)
    {
        wire.Transport.SkipWhereMissing();
        var peers = new Peers(wire, settings);
        peers.Address = (await peers.Server.ListenAsync(wire.OwnAddress, wire.Transport.ServerOptions)).OriginalString;
        peers.Channel = peers.NewChannel(peers.ChannelTransport);
        return peers;
    }

    /// <summary>One more channel to the same server, with a link of its own.</summary>
    public HawserChannel ConnectAnother()
    {
        var channel = NewChannel(NewTransport());
        _more.Add(channel);
        return channel;
    }

    /// <summary>A second server at the address of the first, which must have stopped.</summary>
    public async Task<HawserServer> StartAnotherServerAsync()
    {
        var server = NewServer(ServerTransport);
        await server.ListenAsync(Address, _wire.Transport.ServerOptions);
        return server;
    }

    /// <summary>Kills the newest link.</summary>
    public Task CutAsync() => ChannelTransport.Link.CutAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _more)
            await channel.DisposeAsync();
        await Channel.DisposeAsync();
        await Server.DisposeAsync();
    }

    private TappedTransport NewTransport() => new(new TransportRegistry(_wire.Transport.Transports).Find(_wire.Transport.FreeAddress).Transport, _wire.HidesLanes);

    private HawserServer NewServer(TappedTransport transport) => new(new HawserServerOptions
    {
        Limits = _settings.ServerLimits,
        TimeProvider = _settings.ServerTime,
        Interceptors = _settings.ServerInterceptors,
        ExposeExceptionDetails = _settings.ExposesExceptionDetails,
        MaxConnections = _settings.MaxConnections,
        MaxConnectionsPerAddress = _settings.MaxConnectionsPerAddress,
        MaxAcceptRate = _settings.MaxAcceptRate,
        AcceptBurst = _settings.AcceptBurst,
        ConnectionOpening = _settings.ConnectionOpening,
        ConnectionClosed = _settings.ConnectionClosed,
        SerialHandlers = _settings.SerialHandlers,
        Outbox = _settings.Outbox,
        Transports = [transport],
        Wires = _wire.Wires,
    });

    private HawserChannel NewChannel(TappedTransport transport) => HawserChannel.Connect(Address, new HawserChannelOptions
    {
        Limits = _settings.ChannelLimits,
        TimeProvider = _settings.ChannelTime,
        Interceptors = _settings.ChannelInterceptors,
        Reconnect = new ReconnectOptions { WatchesNetwork = false },
        SerialHandlers = _settings.ChannelSerialHandlers,
        Transport = _wire.Transport.ClientOptions,
        Transports = [transport],
        Wires = _wire.Wires,
    });
}
